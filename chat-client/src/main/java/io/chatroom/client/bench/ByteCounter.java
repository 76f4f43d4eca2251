package io.chatroom.client.bench;

/**
 * The tally of most receivers: it only counts bytes. That is exact, because all messages have the
 * same size, and the sampled receivers count the bytes of strangers.
 */
final class ByteCounter implements Tally {

  private final int deliveryBytes;
  private long bytes;

  ByteCounter(Script script) {
    deliveryBytes = script.deliveryBytes();
  }

  void add(int count) {
    bytes += count;
  }

  @Override
  public long expected(Goal goal) {
    return goal.messages();
  }

  @Override
  public long received(Goal goal) {
    return Math.max(0, bytes - goal.strangerBytes()) / deliveryBytes;
  }

  @Override
  public Faults faults(Goal goal) {
    long surplus = received(goal) - goal.messages();
    // Surplus bytes are not a fault if a stranger may have sent them after our last message.
    long repeated = goal.strangerBytes() == 0 ? Math.max(0, surplus) : 0;
    return new Faults(Math.max(0, -surplus), repeated, 0, 0, 0, 0);
  }
}
