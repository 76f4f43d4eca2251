package io.chatroom.server.metrics;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The counts of one event loop. Only its thread writes, so counting is a plain addition and a store
 * that becomes visible soon, without locks. Read from any thread.
 */
final class LoopCounts implements LoopMetrics {

  /** The upper bounds of the burst buckets, in bytes; one more bucket has the rest. */
  static final long[] BURST_BYTES = {128, 512, 2_048, 8_192, 32_768, 131_072, 262_144};

  /** The upper bounds of the lag buckets, in nanoseconds; one more bucket has the rest. */
  static final long[] LAG_NANOS = {
    1_000_000,
    5_000_000,
    10_000_000,
    50_000_000,
    100_000_000,
    500_000_000,
    1_000_000_000,
    5_000_000_000L
  };

  /** An unused cache line at either end keeps two loops from writing into the same one. */
  private static final int PADDING = 8;

  static final int MESSAGES = PADDING;
  static final int MESSAGE_BYTES = PADDING + 1;
  static final int DELIVERIES = PADDING + 2;
  static final int DELIVERY_BYTES = PADDING + 3;
  static final int SKIPPED = PADDING + 4;
  static final int BEHIND = PADDING + 5;
  static final int LAGGING = PADDING + 6;
  static final int LAG_SUM = PADDING + 7;
  static final int BURSTS = PADDING + 8;
  static final int LAGS = BURSTS + BURST_BYTES.length + 1;
  private static final int END = LAGS + LAG_NANOS.length + 1;

  private final AtomicLongArray counts = new AtomicLongArray(END + PADDING);

  long get(int index) {
    return counts.get(index);
  }

  @Override
  public void burst(int messages, int bytes) {
    add(MESSAGES, messages);
    add(MESSAGE_BYTES, bytes);
    add(BURSTS + bucket(BURST_BYTES, bytes), 1);
  }

  @Override
  public void delivered(long messages, long bytes) {
    add(DELIVERIES, messages);
    add(DELIVERY_BYTES, bytes);
  }

  @Override
  public void skipped(long messages) {
    add(SKIPPED, messages);
  }

  @Override
  public void slow(int behind, int lagging) {
    add(BEHIND, behind);
    add(LAGGING, lagging);
  }

  @Override
  public void lag(long nanos) {
    add(LAG_SUM, nanos);
    add(LAGS + bucket(LAG_NANOS, nanos), 1);
  }

  private void add(int index, long more) {
    counts.setRelease(index, counts.getPlain(index) + more);
  }

  private static int bucket(long[] bounds, long value) {
    int bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]) {
      bucket++;
    }
    return bucket;
  }
}
