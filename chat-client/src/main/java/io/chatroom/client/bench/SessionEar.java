package io.chatroom.client.bench;

import java.util.HashSet;
import java.util.Set;

/**
 * What one session has heard of the bench's room. It must hear every number exactly once, in order,
 * as a message or, for its own posts, as an ack (law 1 of SESSIONS.md); and the same number must
 * mean the same message to all members.
 *
 * <p>Confined to the thread of the {@link Ledger}.
 */
final class SessionEar implements Ear, Progress {

  /** How many skipped numbers are remembered, in case they come later. */
  private static final int MAX_SKIPPED = 10_000;

  private final Script stamps;
  private final Ledger ledger;
  private final Order order;
  private final int self;
  private final boolean sampled;
  private final Set<Long> skipped = new HashSet<>();

  /** The newest number when it joined. */
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
   * @param sampled whether latencies are recorded
   */
  SessionEar(Script stamps, Ledger ledger, Order order, int self, boolean sampled) {
    this.stamps = stamps;
    this.ledger = ledger;
    this.order = order;
    this.self = self;
    this.sampled = sampled;
  }

  /** It has joined, and hears what follows this number. */
  void begins(long seq) {
    first = seq;
    newest = seq;
  }

  /**
   * A message.
   *
   * @param number the number in its text; -1 if the text is not exactly a sender's
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

  /** A gap: it will not hear these numbers. */
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

  /** How many numbers have come, or are missing before a later one. */
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

  /** A number that is missing before a later one is most probably lost. */
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

  /** Which message has which number in the room, according to the first member to hear it. */
  static final class Order {

    /** How many numbers are kept; no member is further behind. */
    private static final int KEPT = 1 << 17;

    private final long[] seqs = new long[KEPT];
    private final long[] numbers = new long[KEPT];

    /** False if another member has heard something else at this number. */
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
