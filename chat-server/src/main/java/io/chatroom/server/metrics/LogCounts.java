package io.chatroom.server.metrics;

import io.chatroom.server.log.LogMetrics;
import java.util.concurrent.atomic.AtomicLongArray;

/** The counts of storing. One thread writes, any thread reads. */
final class LogCounts implements LogMetrics {

  /** The upper bounds of the time buckets, in nanoseconds; one more bucket has the rest. */
  static final long[] NANOS = {
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    1_000_000_000,
    5_000_000_000L
  };

  /** The upper bounds of the transaction buckets, in messages; one more bucket has the rest. */
  static final long[] MESSAGES = {1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000};

  /** A histogram: counts by size, and the total. */
  static final class Spread {

    private final long[] bounds;
    private final AtomicLongArray counts;

    Spread(long[] bounds) {
      this.bounds = bounds;
      this.counts = new AtomicLongArray(bounds.length + 2);
    }

    private void add(long value) {
      int bucket = 0;
      while (bucket < bounds.length && value > bounds[bucket]) {
        bucket++;
      }
      counts.incrementAndGet(bucket);
      counts.addAndGet(bounds.length + 1, value);
    }

    long[] counts() {
      long[] all = new long[bounds.length + 1];
      for (int i = 0; i < all.length; i++) {
        all[i] = counts.get(i);
      }
      return all;
    }

    long sum() {
      return counts.get(bounds.length + 1);
    }
  }

  final Spread transactions = new Spread(NANOS);
  final Spread syncs = new Spread(NANOS);
  final Spread messages = new Spread(MESSAGES);
  private volatile long failures;

  @Override
  public void stored(int stored, long nanos, long syncNanos) {
    transactions.add(nanos);
    syncs.add(syncNanos);
    messages.add(stored);
  }

  @Override
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
  public void failed() {
    failures++;
  }

  long failures() {
    return failures;
  }
}
