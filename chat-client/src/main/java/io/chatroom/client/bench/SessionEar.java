package io.chatroom.client.bench;

import java.util.HashSet;
import java.util.Set;

/**
 * What one session has heard of the bench's room: every number of the room's order exactly once, in
 * order, as a message or, for what it said itself, as an ack (law 1 of SESSIONS.md). All members
 * are told the same of the same number.
 *
 * <p>Confined to the thread of the {@link Ledger}.
 */
final class SessionEar implements Ear, Progress {

  /** This many skipped numbers are remembered, in case they come later. */
  private static final int MAX_SKIPPED = 10_000;

  private final Script stamps;
  private final Ledger ledger;
  private final Order order;
  private final int self;
  private final boolean sampled;
  private final Set<Long> skipped = new HashSet<>();

  /** Where the room's order stood when it joined. */
  private long first;

  private long newest;
  private long messages;
  private long acks;
  private long repeated;
  private long outOfOrder;
  private long wrong;
  private long own;
  private boolean otherOrder;

  /**
   * @param order what all members of the bench have heard
   * @param self the member's number
   * @param sampled whether it is noted how long messages took
   */
  SessionEar(Script stamps, Ledger ledger, Order order, int self, boolean sampled) {
    this.stamps = stamps;
    this.ledger = ledger;
    this.order = order;
    this.self = self;
    this.sampled = sampled;
  }

  /** It has joined, and hears what comes behind this number. */
  void begins(long seq) {
    first = seq;
    newest = seq;
  }

  /**
   * A message.
   *
   * @param number what it says; -1 if it is not, character for character, what a sender says
   * @param now {@link System#nanoTime} when it was read
   */
  void message(long seq, long number, long now) {
    if (!isNew(seq)) {
      return;
    }
    if (number < 0 || number >= ledger.said()) {
      messages++;
      wrong++;
    } else if (number % stamps.senders() == self) {
      own++;
    } else {
      messages++;
      otherOrder |= !order.has(seq, number);
      if (sampled) {
        ledger.arrived(number, now);
      }
    }
  }

  /** One of its posts was acknowledged. */
  void ack(long seq, long number, long now) {
    if (!isNew(seq)) {
      return;
    }
    acks++;
    if (number < 0 || number >= ledger.said() || number % stamps.senders() != self) {
      wrong++;
    } else {
      otherOrder |= !order.has(seq, number);
      ledger.acknowledged(number, now);
    }
  }

  /** It is told that it will not hear these. */
  void gap(long to) {
    newest = Math.max(newest, to);
  }

  private boolean isNew(long seq) {
    if (seq > newest) {
      for (long missing = newest + 1; missing < seq && skipped.size() < MAX_SKIPPED; missing++) {
        skipped.add(missing);
      }
      newest = seq;
      return true;
    }
    if (skipped.remove(seq)) {
      outOfOrder++;
      return true;
    }
    repeated++;
    return false;
  }

  /** How many numbers have come, or were overtaken. */
  @Override
  public long passed() {
    return newest - first;
  }

  @Override
  public long expected(Goal goal) {
    return stamps.others(self, goal.messages());
  }

  @Override
  public long heard(Goal goal) {
    return messages;
  }

  /** What was overtaken does not come any more, most probably. */
  @Override
  public boolean complete(Goal goal) {
    return passed() >= goal.messages();
  }

  @Override
  public Faults faults(Goal goal) {
    long missing = goal.messages() - messages - acks - own;
    return new Faults(
        Math.max(0, missing),
        repeated + Math.max(0, -missing),
        outOfOrder,
        wrong,
        own,
        otherOrder ? 1 : 0);
  }

  /** Which message has which number of the room, as the first to hear it has heard. */
  static final class Order {

    /** This many numbers are kept; no member is further behind than that. */
    private static final int KEPT = 1 << 17;

    private final long[] seqs = new long[KEPT];
    private final long[] numbers = new long[KEPT];

    /** False if somebody has heard something else at this number. */
    boolean has(long seq, long number) {
      int at = (int) seq & (KEPT - 1);
      if (seqs[at] < seq) {
        seqs[at] = seq;
        numbers[at] = number;
      }
      return seqs[at] > seq || numbers[at] == number;
    }
  }
}
