package io.chatroom.server.seed;

import io.chatroom.server.metrics.LoopMetrics;

/**
 * Counts the messages that lagging members of one room miss on one event loop, in total and as they
 * miss them. What each has missed is the difference of two numbers, so the sum is known without
 * iterating over the members. Belongs to the event loop.
 */
final class Skipped {

  private final LoopMetrics metrics;
  private int members;

  /**
   * The sum, over the lagging members, of how many messages came before the first that each misses.
   */
  private long missFrom;

  /** How many messages were missed by members that no longer lag. */
  private long settled;

  private long told;

  Skipped(LoopMetrics metrics) {
    this.metrics = metrics;
  }

  /** How many members lag. */
  int members() {
    return members;
  }

  /** A member begins to lag: it misses messages from this one on, unless they are still kept. */
  void lags(Backlog backlog, long message) {
    backlog.missesFrom(message);
    missFrom += message;
    members++;
  }

  /**
   * A member no longer lags, or has left. Does nothing if it did not lag.
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
   * How many messages were missed since the last call.
   *
   * @param kept the first message that is still kept
   */
  void tell(long kept) {
    long missed = settled + members * kept - missFrom;
    // It may be too low for a moment: a lagging member may have received more than is kept.
    if (missed > told) {
      metrics.skipped(missed - told);
      told = missed;
    }
  }
}
