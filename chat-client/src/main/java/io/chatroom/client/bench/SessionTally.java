package io.chatroom.client.bench;

import java.util.HashSet;
import java.util.Set;

/**
 * The deliveries that one session has received from the bench's room. It must receive every seq
 * exactly once and in order, as a message or as the ack of its own post (S-50); and a seq must be
 * the same message for all members.
 *
 * <p>Confined to the thread of the {@link Ledger}.
 */
final class SessionTally implements Tally, Progress {

  /** Most skipped seqs to remember, in case they come later. */
  private static final int MAX_SKIPPED = 10_000;

  private final Script stamps;
  private final Ledger ledger;
  private final Order order;
  private final int self;
  private final boolean sampled;
  private final Set<Long> skipped = new HashSet<>();

  /** The newest seq when it joined. */
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
   * @param order the order that all members must agree on
   * @param self the number of the member
   * @param sampled true if latencies are recorded
   */
  SessionTally(Script stamps, Ledger ledger, Order order, int self, boolean sampled) {
    this.stamps = stamps;
    this.ledger = ledger;
    this.order = order;
    this.self = self;
    this.sampled = sampled;
  }

  /** Records that it has joined, and must receive everything after this seq. */
  void startsAfter(long seq) {
    first = seq;
    newest = seq;
  }

  /**
   * Records a message.
   *
   * @param number the number in its text; -1 if no sender sends such a text
   * @param now {@link System#nanoTime} when it was read
   */
  void message(long seq, long number, long now) {
    if (!isNew(seq)) {
      return;
    }
    if (number < 0 || number >= ledger.sent()) {
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

  /** Records the ack of one of its posts. */
  void ack(long seq, long number, long now) {
    if (!isNew(seq)) {
      return;
    }
    acks++;
    if (number < 0 || number >= ledger.sent() || number % stamps.senders() != self) {
      wrong++;
    } else {
      otherOrder |= !order.has(seq, number);
      ledger.acknowledged(number, now);
    }
  }

  /** Records a gap: the seqs up to {@code to} will not come. */
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

  /** Returns how many seqs have come, or are missing before a later one. */
  @Override
  public long passed() {
    return newest - first;
  }

  @Override
  public long expected(Goal goal) {
    return stamps.others(self, goal.messages());
  }

  @Override
  public long received(Goal goal) {
    return messages;
  }

  /** Does not wait for seqs that are missing before a later one: they are most probably lost. */
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

  /** Which message has which seq, according to the first member to receive it. */
  static final class Order {

    /** Number of seqs kept; no member is further behind. */
    private static final int KEPT = 1 << 17;

    private final long[] seqs = new long[KEPT];
    private final long[] numbers = new long[KEPT];

    /** Returns false if another member has received another message at this seq. */
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
