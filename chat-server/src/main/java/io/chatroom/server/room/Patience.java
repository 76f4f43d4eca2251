package io.chatroom.server.room;

import java.time.Duration;

/**
 * How long the room waits for members that are behind: for one of them so long, and for all of them
 * together not much longer. Waiting that was worth it, because the member caught up, costs nothing;
 * waiting in vain is paid from a budget that grows back slowly. So no number of members that do not
 * read, and no choice of moments not to read, can stop the senders for long.
 *
 * <p>When the budget is used up, a member still gets {@link #LEAST}: enough for one that reads to
 * make some room. Thread-safe; times are nanoseconds of one clock.
 */
final class Patience {

  /** What a member gets when others have used up the rest, if one alone would get as much. */
  static final Duration LEAST = Duration.ofMillis(10);

  /** So many times what one may take is what all may take in vain, at once. */
  private static final int IN_ALL = 4;

  /** The budget grows by this part of the time that passes. */
  private static final long SHARE = 20;

  private final long forOneNanos;
  private long budgetNanos;
  private long grownAt;
  private long paidUntil;

  /**
   * @param forOne how long one member may slow the senders in vain
   * @param now the time at which the budget is whole
   */
  Patience(Duration forOne, long now) {
    forOneNanos = forOne.toNanos();
    budgetNanos = inAllNanos();
    grownAt = now;
    paidUntil = now;
  }

  private long inAllNanos() {
    return IN_ALL * forOneNanos;
  }

  /** How long a member that has just fallen behind may slow the senders. */
  synchronized long grantNanos(long now) {
    grow(now);
    return Math.min(forOneNanos, Math.max(LEAST.toNanos(), budgetNanos));
  }

  /**
   * How long a member may slow the senders that has used up what it was granted, but has read
   * something in that time: it is not one of those who never read, so it gets as long as anybody,
   * in steps.
   *
   * @param waitedNanos how long it has slowed them already
   */
  long extendNanos(long waitedNanos) {
    return Math.min(LEAST.toNanos(), forOneNanos - waitedNanos);
  }

  /** Pays for a wait that was in vain. Members that were waited for at the same time pay once. */
  synchronized void pay(long from, long now) {
    grow(now);
    long unpaid = Math.min(now - from, now - paidUntil);
    if (unpaid > 0) {
      budgetNanos = Math.max(0, budgetNanos - unpaid);
      paidUntil = now;
    }
  }

  private void grow(long now) {
    long passed = now - grownAt;
    if (passed > 0) {
      budgetNanos = Math.min(inAllNanos(), budgetNanos + passed / SHARE);
      grownAt = now;
    }
  }
}
