package io.chatroom.client.bench;

import org.jspecify.annotations.Nullable;

/**
 * The result of a bench.
 *
 * @param plan the plan
 * @param nanos how long it was measured, from the first message to the last delivery
 * @param messages how many were sent in that time
 * @param deliveries how many of these came to a member; each message goes to all receivers and to
 *     all other senders
 * @param deliveryBytes how many bytes a delivery has, with the sender's name and both headers
 * @param latencies the latencies of deliveries
 * @param acks how long senders waited until their messages were acknowledged; null without sessions
 * @param onTime whether the senders kept the requested rate; true without one
 * @param faults all faults, including the warm-up's
 * @param strangers how many messages came from others in the room
 * @param busy the share of time, 0 to 1, that the busiest event loop of this process was running
 * @param stopped whether it was ended early
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

  /** Whether every message reached each of its recipients once, whole, and in order. */
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
