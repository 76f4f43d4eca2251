package io.chatroom.server.seed;

/**
 * What all rooms of one event loop keep for slow members. The bound of {@link BacklogPolicy} is the
 * loop's: a thousand rooms with one slow member each keep no more than one room with a thousand.
 * Belongs to the event loop.
 */
final class LoopBacklog {

  private final long maxBytes;
  private long owedBytes;
  private long keptBytes;

  LoopBacklog(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * A room's part has changed.
   *
   * @param moreOwed how much more it keeps for its members that are behind
   * @param moreKept how much more it keeps in all
   */
  void change(long moreOwed, long moreKept) {
    owedBytes += moreOwed;
    keptBytes += moreKept;
  }

  /** Whether the members that are behind need more than is kept for them. */
  boolean isExceeded() {
    return owedBytes > maxBytes;
  }

  /**
   * How much a room may keep for those that lag, with whom no sender has patience.
   *
   * @param kept how much it keeps now
   */
  long leftFor(long kept) {
    return Math.max(0, maxBytes - (keptBytes - kept));
  }
}
