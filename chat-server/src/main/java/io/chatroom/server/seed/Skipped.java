package io.chatroom.server.seed;

import io.chatroom.server.metrics.LoopMetrics;

/**
 * Counts the messages that lagging members of one room miss on one event loop, all together and
 * while they miss them. What each has missed is the difference of two numbers, so the sum is known
 * without looking at each. Belongs to the event loop.
 */
final class Skipped {

  private final LoopMetrics metrics;
  private int members;

  /** The sum over these members: how many messages came before the first that each misses. */
  private long missFrom;

  /** What those have missed who read again or have left. */
  private long settled;

  private long told;

  Skipped(LoopMetrics metrics) {
    this.metrics = metrics;
  }

  /** How many members lag. */
  int members() {
    return members;
  }

  /** From this message on a member misses what is not kept any more. */
  void lags(Backlog backlog, long message) {
    backlog.missesFrom(message);
    missFrom += message;
    members++;
  }

  /**
   * It does not lag any more, or has left; nothing happens if it did not.
   *
   * @param kept the first message that is still kept
   */
  void readsAgain(Backlog backlog, long kept) {
    if (backlog.missesFrom() == Backlog.NOTHING) {
      return;
    }
    members--;
    missFrom -= backlog.missesFrom();
    settled += Math.max(0, kept - backlog.missesFrom());
    backlog.missesFrom(Backlog.NOTHING);
  }

  /**
   * Tells how many were missed since it was called before.
   *
   * @param kept the first message that is still kept
   */
  void tell(long kept) {
    long missed = settled + members * kept - missFrom;
    // It may be too little for a moment: a member that lags can still have more than is kept.
    if (missed > told) {
      metrics.skipped(missed - told);
      told = missed;
    }
  }
}
