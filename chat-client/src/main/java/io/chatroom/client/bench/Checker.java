package io.chatroom.client.bench;

import io.netty.buffer.ByteBuf;

/**
 * The tally of a sampled receiver, and of every sender. For each message it checks that the
 * sender's numbers have no gap, that the padding is intact, and that it is not the member's own;
 * and it measures the latency.
 *
 * <p>Messages of strangers are only counted. Confined to the thread of the {@link Ledger}.
 */
final class Checker implements Tally, Progress {

  private static final long ORDER_FACTOR = 0x9E3779B97F4A7C15L;

  private final Script script;
  private final Ledger ledger;
  private final int self;
  private final long[] next;

  private long received;
  private long passed;
  private long orderHash;
  private long outOfOrder;
  private long wrong;
  private long own;
  private long strangers;
  private long strangerBytes;
  private long strangerBytesBeforeLast;

  /**
   * @param self the number of the member
   */
  Checker(Script script, Ledger ledger, int self) {
    this.script = script;
    this.ledger = ledger;
    this.self = self;
    next = new long[script.senders()];
    for (int sender = 0; sender < next.length; sender++) {
      next[sender] = sender;
    }
  }

  /**
   * @param now {@link System#nanoTime} when the message was read
   */
  void message(ByteBuf in, int name, int nameBytes, int text, int textBytes, long now) {
    int sender = script.member(in, name, nameBytes);
    if (sender < 0) {
      strangers++;
      strangerBytes += Script.pairBytes(nameBytes, textBytes);
      return;
    }
    if (sender == self) {
      own++;
      return;
    }
    received++;
    strangerBytesBeforeLast = strangerBytes;
    long number = script.number(in, text, textBytes, Script.MESSAGE);
    if (number < 0 || number >= ledger.sent() || number % next.length != sender) {
      wrong++;
    } else if (number < next[sender]) {
      outOfOrder++;
    } else {
      passed += (number - next[sender]) / next.length + 1;
      next[sender] = number + next.length;
      orderHash = (orderHash + number + 1) * ORDER_FACTOR;
      if (self >= next.length) {
        ledger.arrived(number, now);
      }
    }
  }

  /** Returns how many messages have arrived, or are missing before a later one of their sender. */
  @Override
  public long passed() {
    return passed;
  }

  /**
   * Returns a hash that is equal for all receivers that received the same messages in the same
   * order.
   */
  long orderHash() {
    return orderHash;
  }

  /** Returns how many messages of strangers came. */
  long strangers() {
    return strangers;
  }

  /** Returns how many bytes strangers sent before the last message of a member. */
  long strangerBytes() {
    return strangerBytesBeforeLast;
  }

  @Override
  public long expected(Goal goal) {
    return script.others(self, goal.messages());
  }

  @Override
  public long received(Goal goal) {
    return received;
  }

  /**
   * Does not wait for messages that are missing before a later one: they are most probably lost.
   */
  @Override
  public boolean complete(Goal goal) {
    return Math.max(passed, received) >= expected(goal);
  }

  @Override
  public Faults faults(Goal goal) {
    long missing = expected(goal) - received;
    return new Faults(Math.max(0, missing), Math.max(0, -missing), outOfOrder, wrong, own, 0);
  }
}
