package io.chatroom.server.seed;

/**
 * Counts what all rooms of one event loop keep for slow members. The bound of {@link BacklogPolicy}
 * applies to the whole loop: a thousand rooms with one slow member each keep no more than one room
 * with a thousand. Belongs to the event loop.
 */
final class LoopBacklog {

  private final long maxBytes;
  private long owedBytes;
  private long keptBytes;

  LoopBacklog(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * A room's share has changed.
   *
   * @param moreOwed how much more it keeps for members that are catching up
   * @param moreKept how much more it keeps in total
   */
  void change(long moreOwed, long moreKept) {
    owedBytes += moreOwed;
    keptBytes += moreKept;
  }

  /** Whether members that are catching up need more than the bound. */
  boolean isExceeded() {
    return owedBytes > maxBytes;
  }

  /**
   * How much a room may keep for lagging members, for which no sender waits.
   *
   * @param kept how much it keeps now
   */
  long leftFor(long kept) {
    return Math.max(0, maxBytes - (keptBytes - kept));
  }
}
