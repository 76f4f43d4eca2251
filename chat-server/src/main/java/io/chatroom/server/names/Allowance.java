package io.chatroom.server.names;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A rate limit for each of many keys: a token bucket that refills within a period. Remembers a
 * bounded number of keys, and forgets those first that were idle for the longest time. Thread-safe.
 */
final class Allowance {

  /** The most keys: more than occur within an hour, and a few MiB. */
  private static final int MOST_REMEMBERED = 20_000;

  private static final long MILLI = Duration.ofMillis(1).toNanos();

  private final long intervalNanos;
  private final long fullNanos;
  private final LongSupplier nanos;

  /** When each key has its full allowance again. */
  private final Map<Object, Long> fullAt =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Long> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  /**
   * @param times the size of the bucket, at least 1
   * @param over the time in which an empty bucket becomes full
   * @param nanos the clock
   */
  Allowance(int times, Duration over, LongSupplier nanos) {
    this.intervalNanos = over.toNanos() / times;
    this.fullNanos = intervalNanos * times;
    this.nanos = nanos;
  }

  /**
   * Checks whether a key may act now, without counting.
   *
   * @return the wait in milliseconds; 0 if it may act now
   */
  synchronized long waitMillis(Object who) {
    long now = nanos.getAsLong();
    Long full = fullAt.get(who);
    long waitNanos = full == null ? 0 : full - now + intervalNanos - fullNanos;
    return waitNanos <= 0 ? 0 : (waitNanos + MILLI - 1) / MILLI;
  }

  /** Counts an action, if it is allowed; returns what {@link #waitMillis} does. */
  synchronized long take(Object who) {
    long waitMillis = waitMillis(who);
    if (waitMillis == 0) {
      long now = nanos.getAsLong();
      Long full = fullAt.get(who);
      fullAt.put(who, (full == null || full - now < 0 ? now : full) + intervalNanos);
    }
    return waitMillis;
  }
}
