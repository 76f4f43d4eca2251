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

  /** For each lagging member, the number of messages before the first that it misses; summed up. */
  private long missFrom;

  /** Number of messages that members missed that no longer lag. */
  private long settled;

  private long reported;

  Skipped(LoopMetrics metrics) {
    this.metrics = metrics;
  }

  /** The number of lagging members. */
  int members() {
    return members;
  }

  /**
   * Called when a member begins to lag: it misses messages from this one on, unless they are still
   * kept.
   */
  void lags(Backlog backlog, long message) {
    backlog.missesFrom(message);
    missFrom += message;
    members++;
  }

  /**
   * Called when a member no longer lags, or has left. Does nothing if it did not lag.
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
   * Reports the messages that were missed since the last call.
   *
   * @param kept the first message that is still kept
   */
  void report(long kept) {
    long missed = settled + members * kept - missFrom;
    // May be too low for a moment, as a lagging member may have received more than is kept.
    if (missed > reported) {
      metrics.skipped(missed - reported);
      reported = missed;
    }
  }
}
