package io.chatroom.server.seed;

import java.time.Duration;

/**
 * Bounds how long the server waits for members that are behind, in all rooms: for all of them
 * together not much longer than for one. A wait after which the member has caught up is free. A
 * wait in vain is paid from a budget that grows back slowly. So neither many members that stop
 * reading nor cleverly timed pauses can stop the senders for long.
 *
 * <p>Members that have shown that they read have a budget of their own, so that a crowd that never
 * reads cannot use it up. Thread-safe; times are nanoseconds of one clock.
 */
final class Patience {

  /**
   * Time that the senders wait for a reading member, each time, once others have used up its
   * budget.
   */
  static final Duration LEAST = Duration.ofMillis(10);

  /** The budget of all reading members, as a multiple of one member's. */
  private static final int READERS = 4;

  /** The budget of all other members, as a multiple of one member's. */
  private static final int STRANGERS = 2;

  private final long forOneNanos;
  private final Budget readers;
  private final Budget strangers;

  /**
   * @param forOne maximum time for which one member can slow the senders in vain
   * @param now the time at which the budgets are full
   */
  Patience(Duration forOne, long now) {
    forOneNanos = forOne.toNanos();
    readers = new Budget(READERS * forOneNanos, now);
    strangers = new Budget(STRANGERS * forOneNanos, now);
  }

  /**
   * Returns the time for which a member that has just fallen behind can slow the senders.
   *
   * @param reads true if it has shown that it reads
   * @param readsNow true if it has taken something since it fell behind: then the room waits for it
   *     a little even if the budget is used up
   * @return 0 if the room does not wait for it
   */
  long grantNanos(boolean reads, boolean readsNow, long now) {
    long granted = Math.min(forOneNanos, budget(reads).left(now));
    if (granted >= leastNanos()) {
      return granted;
    }
    return readsNow ? leastNanos() : 0;
  }

  /**
   * Returns the further time for which a member can slow the senders, if it has used up its grant
   * but has read something in that time. Granted in steps, up to the same maximum as for any
   * member.
   *
   * @param waitedNanos time for which it has slowed them already
   */
  long extendNanos(long waitedNanos) {
    return Math.min(leastNanos(), forOneNanos - waitedNanos);
  }

  /**
   * Pays for a wait in vain. Simultaneous waits are paid once.
   *
   * @param reads the argument of {@link #grantNanos}
   */
  void pay(boolean reads, long from, long now) {
    budget(reads).pay(from, now);
  }

  private long leastNanos() {
    return Math.min(forOneNanos, LEAST.toNanos());
  }

  private Budget budget(boolean reads) {
    return reads ? readers : strangers;
  }

  private static final class Budget {

    /** The budget grows by this fraction of the passing time. */
    private static final long SHARE = 20;

    private final long wholeNanos;
    private long leftNanos;
    private long grownAt;
    private long paidUntil;

    Budget(long wholeNanos, long now) {
      this.wholeNanos = wholeNanos;
      leftNanos = wholeNanos;
      grownAt = now;
      paidUntil = now;
    }

    synchronized long left(long now) {
      long passed = now - grownAt;
      if (passed > 0) {
        leftNanos = Math.min(wholeNanos, leftNanos + passed / SHARE);
        grownAt = now;
      }
      return leftNanos;
    }

    synchronized void pay(long from, long now) {
      long unpaid = Math.min(now - from, now - paidUntil);
      if (unpaid > 0) {
        leftNanos = Math.max(0, left(now) - unpaid);
        paidUntil = now;
      }
    }
  }
}
