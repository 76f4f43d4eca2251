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

  /** How long one member may slow the senders. */
  static final Duration FOR_ONE = Duration.ofMillis(250);

  /** What a member gets when others have used up the rest. */
  static final Duration LEAST = Duration.ofMillis(10);

  /** How long members may slow the senders in vain, in all, at once. */
  static final Duration IN_ALL = Duration.ofSeconds(1);

  /** The budget grows by this part of the time that passes. */
  private static final long SHARE = 20;

  private long budgetNanos = IN_ALL.toNanos();
  private long grownAt;
  private long paidUntil;

  /**
   * @param now the time at which the budget is whole
   */
  Patience(long now) {
    grownAt = now;
    paidUntil = now;
  }

  /** How long a member that has just fallen behind may slow the senders. */
  synchronized long grantNanos(long now) {
    grow(now);
    return Math.max(LEAST.toNanos(), Math.min(FOR_ONE.toNanos(), budgetNanos));
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
      budgetNanos = Math.min(IN_ALL.toNanos(), budgetNanos + passed / SHARE);
      grownAt = now;
    }
  }
}
