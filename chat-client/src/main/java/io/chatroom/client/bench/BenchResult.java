package io.chatroom.client.bench;

import org.jspecify.annotations.Nullable;

/**
 * What a bench found.
 *
 * @param plan what was done
 * @param nanos how long it was measured, from the first message to the last delivery
 * @param messages how many were said in that time
 * @param deliveries how many of these came to a member; each message goes to all receivers and to
 *     all other senders
 * @param deliveryBytes how many bytes a delivery has, with the sender's name and both headers
 * @param latencies of the messages that were measured
 * @param acks how long senders waited until their messages were acknowledged; null without sessions
 * @param onTime whether the senders kept the rate that was asked for, if one was
 * @param faults of everything, the warm-up included
 * @param strangers how many messages somebody else said in the room
 * @param busy how much of the time the busiest event loop of this process was running, 0 to 1
 * @param stopped whether it was ended before it had done all
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

  /** Whether every message came to everybody it was for, once, whole, and in order. */
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
