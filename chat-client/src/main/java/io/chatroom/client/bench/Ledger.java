package io.chatroom.client.bench;

import io.chatroom.client.bench.BenchPlan.Pace;
import org.HdrHistogram.Histogram;

/**
 * Records when each message was sent, and how long it took to arrive. The stamps carry only
 * numbers: sender and receiver are in one process, so the times can stay here.
 *
 * <p>Confined to one thread.
 */
final class Ledger {

  private static final long SHORTEST_NANOS = 1_000;
  private static final long LONGEST_NANOS = 3_600_000_000_000L;
  private static final int SIGNIFICANT_DIGITS = 3;

  /** Senders that are late by less than this count as on time. */
  private static final long HICCUP_NANOS = 10_000_000;

  /** Senders that miss less than this share of the messages are on time too. */
  private static final double HICCUP_SHARE = 0.02;

  private final Histogram latencies =
      new Histogram(SHORTEST_NANOS, LONGEST_NANOS, SIGNIFICANT_DIGITS);

  private final Histogram acks = new Histogram(SHORTEST_NANOS, LONGEST_NANOS, SIGNIFICANT_DIGITS);

  /**
   * When the latest messages were sent; empty with a fixed rate, which gives each message a due
   * time.
   */
  private final long[] sentNanos;

  /** Time between two messages; 0 without a fixed rate. */
  private final double intervalNanos;

  private boolean measuring;
  private boolean onTime = true;
  private long firstOfPhase;
  private long startNanos;
  private long sent;

  Ledger(Pace pace, int senders) {
    if (pace instanceof Pace.Rate rate) {
      intervalNanos = 1e9 / rate.messagesPerSecond();
      sentNanos = new long[0];
    } else {
      intervalNanos = 0;
      // each sender's oldest message in flight can be this many messages back
      int longest = ((Pace.InFlight) pace).messages() * senders;
      sentNanos = new long[Math.max(1, Integer.highestOneBit(longest) * 2)];
    }
  }

  /**
   * Begins a phase.
   *
   * @param now {@link System#nanoTime}; the first message is due now
   * @param measured true if latencies are recorded
   */
  void begin(long now, boolean measured) {
    measuring = measured;
    firstOfPhase = sent;
    startNanos = now;
  }

  /** Records that the next {@code messages} messages are sent. */
  void recordSent(int messages, long now) {
    for (int i = 0; i < messages && sentNanos.length > 0; i++) {
      sentNanos[(int) (sent + i) & (sentNanos.length - 1)] = now;
    }
    sent += messages;
  }

  /**
   * Ends the phase: no more messages are sent in it.
   *
   * @param now {@link System#nanoTime}
   */
  void end(long now) {
    if (intervalNanos > 0) {
      long inPhase = sent - firstOfPhase;
      long tolerated = (long) Math.max(HICCUP_NANOS / intervalNanos, inPhase * HICCUP_SHARE);
      onTime = due(now) - inPhase <= tolerated + 1;
    }
  }

  /**
   * Returns true if all messages that were due in the last phase were sent, or the rate is not
   * fixed.
   */
  boolean onTime() {
    return onTime;
  }

  /** Returns how many messages were sent so far, which is also the number of the next one. */
  long sent() {
    return sent;
  }

  /** Returns the number of the first message since {@link #begin}. */
  long firstOfPhase() {
    return firstOfPhase;
  }

  long startNanos() {
    return startNanos;
  }

  /** Returns when a message is due, with a fixed rate. */
  long dueNanos(long number) {
    return startNanos + (long) ((number - firstOfPhase) * intervalNanos);
  }

  /** Returns how many messages of this phase should have been sent by now. */
  long due(long now) {
    return (long) ((now - startNanos) / intervalNanos) + 1;
  }

  /** Records that a message has arrived at a sampled receiver. */
  void arrived(long number, long now) {
    record(latencies, number, now);
  }

  /** Records that a message was acknowledged to its sender. */
  void acknowledged(long number, long now) {
    record(acks, number, now);
  }

  private void record(Histogram histogram, long number, long now) {
    if (!measuring || number < firstOfPhase) {
      return;
    }
    long from =
        sentNanos.length > 0 ? sentNanos[(int) number & (sentNanos.length - 1)] : dueNanos(number);
    histogram.recordValue(Math.max(0, Math.min(now - from, LONGEST_NANOS)));
  }

  /** Returns the latencies of deliveries. */
  Latencies latencies() {
    return summary(latencies);
  }

  /** Returns the latencies of acks. */
  Latencies acks() {
    return summary(acks);
  }

  private static Latencies summary(Histogram histogram) {
    return new Latencies(
        histogram.getTotalCount(),
        histogram.getValueAtPercentile(50),
        histogram.getValueAtPercentile(90),
        histogram.getValueAtPercentile(99),
        histogram.getValueAtPercentile(99.9),
        histogram.getMaxValue());
  }
}
