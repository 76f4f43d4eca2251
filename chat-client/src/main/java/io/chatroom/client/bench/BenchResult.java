package io.chatroom.client.bench;

import org.jspecify.annotations.Nullable;

/**
 * The result of a bench.
 *
 * @param plan what the bench did
 * @param nanos the measured time, from the first message to the last delivery
 * @param messages messages sent in that time
 * @param deliveries deliveries of these; each message goes to all receivers and to all other
 *     senders
 * @param deliveryBytes bytes of one delivery, with the sender's name and both headers
 * @param latencies latencies of deliveries to the sampled receivers
 * @param acks latencies of acks; null without sessions
 * @param onTime true if the senders kept the requested rate, or there was none
 * @param faults all faults, including the warm-up's
 * @param strangers messages from others in the room
 * @param busy share of the time, 0 to 1, that the busiest event loop of this process ran
 * @param stopped true if it was stopped early
 */
public record BenchResult(
    BenchPlan plan,
    long nanos,
    long messages,
    long deliveries,
    int deliveryBytes,
    Latencies latencies,
    @Nullable Latencies acks,
    boolean onTime,
    Faults faults,
    long strangers,
    double busy,
    boolean stopped) {

  /** Returns true if every message reached each of its recipients once, whole, and in order. */
  public boolean faultless() {
    return faults.none();
  }

  double seconds() {
    return nanos / 1e9;
  }

  double perSecond(long count) {
    return nanos == 0 ? 0 : count / seconds();
  }
}
