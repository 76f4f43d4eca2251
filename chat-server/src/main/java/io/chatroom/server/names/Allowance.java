package io.chatroom.server.names;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How often each of many may do something: so many times at once, and then as many again over a
 * time. It remembers a bounded number of them, and forgets those first that have done nothing for
 * longest. Thread-safe.
 */
final class Allowance {

  /** More than come within an hour, and a few MiB. */
  private static final int MOST_REMEMBERED = 20_000;

  private static final long MILLI = Duration.ofMillis(1).toNanos();

  private final long intervalNanos;
  private final long fullNanos;
  private final LongSupplier nanos;

  /** By who, when it may do all of it again. */
  private final Map<Object, Long> fullAt =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Long> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  /**
   * @param times how often at once, from 1 on
   * @param over after that time it may do it as often again
   * @param nanos the time now
   */
  Allowance(int times, Duration over, LongSupplier nanos) {
    this.intervalNanos = over.toNanos() / times;
    this.fullNanos = intervalNanos * times;
    this.nanos = nanos;
  }

  /**
   * Whether somebody may do it now.
   *
   * @return how many milliseconds it has to wait; 0 if it need not
   */
  synchronized long waitMillis(Object who) {
    long now = nanos.getAsLong();
    Long full = fullAt.get(who);
    long waitNanos = full == null ? 0 : full - now + intervalNanos - fullNanos;
    return waitNanos <= 0 ? 0 : (waitNanos + MILLI - 1) / MILLI;
  }

  /** It does it, if it may; the answer is as of {@link #waitMillis}. */
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
