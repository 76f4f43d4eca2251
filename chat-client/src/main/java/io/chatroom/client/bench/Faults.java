package io.chatroom.client.bench;

/**
 * The faults of deliveries, counted once for each member. A delivery is one message to one member.
 *
 * @param lost deliveries that did not come
 * @param repeated surplus deliveries
 * @param outOfOrder deliveries that came after a later message of the same sender, or twice;
 *     detected by sampled receivers and senders
 * @param wrong deliveries under a sender's name that it did not send; detected by sampled receivers
 *     and senders
 * @param own deliveries to the sender itself
 * @param otherOrder sampled receivers that received the messages in another order than the first
 *     one
 */
record Faults(long lost, long repeated, long outOfOrder, long wrong, long own, long otherOrder) {

  static final Faults NONE = new Faults(0, 0, 0, 0, 0, 0);

  boolean none() {
    return equals(NONE);
  }

  Faults plus(Faults other) {
    return new Faults(
        lost + other.lost,
        repeated + other.repeated,
        outOfOrder + other.outOfOrder,
        wrong + other.wrong,
        own + other.own,
        otherOrder + other.otherOrder);
  }
}
