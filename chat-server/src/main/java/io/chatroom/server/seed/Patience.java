package io.chatroom.server.seed;

import java.time.Duration;

/**
 * How long the server waits for members that are behind, in all rooms: for all of them together not
 * much longer than for one. Waiting that was worth it, because the member caught up, costs nothing;
 * waiting in vain is paid from a budget that grows back slowly. So no number of members that do not
 * read, and no choice of moments not to read, can stop the senders for long.
 *
 * <p>Members who have shown that they read have a budget of their own: a crowd that never reads
 * cannot use up the patience with them. Thread-safe; times are nanoseconds of one clock.
 */
final class Patience {

  /** What a member that reads gets, again and again, when others have used up its budget. */
  static final Duration LEAST = Duration.ofMillis(10);

  /** All who read may take in vain, at once, this many times what one may take. */
  private static final int READERS = 4;

  /** The same for all of whom it is not known that they read. */
  private static final int STRANGERS = 2;

  private final long forOneNanos;
  private final Budget readers;
  private final Budget strangers;

  /**
   * @param forOne how long one member may slow the senders in vain
   * @param now the time at which the budgets are whole
   */
  Patience(Duration forOne, long now) {
    forOneNanos = forOne.toNanos();
    readers = new Budget(READERS * forOneNanos, now);
    strangers = new Budget(STRANGERS * forOneNanos, now);
  }

  /**
   * How long a member that has just fallen behind may slow the senders.
   *
   * @param reads whether it has shown that it reads
   * @param readsNow whether it has taken something since it fell behind: then it is waited for a
   *     little even if the budget is used up
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
   * How long a member may slow the senders that has used up what it was granted, but has read
   * something in that time: it gets as long as anybody, in steps.
   *
   * @param waitedNanos how long it has slowed them already
   */
  long extendNanos(long waitedNanos) {
    return Math.min(leastNanos(), forOneNanos - waitedNanos);
  }

  /**
   * Pays for a wait that was in vain. Members that were waited for at the same time pay once.
   *
   * @param reads what {@link #grantNanos} was told
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

    /** It grows by this part of the time that passes. */
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
