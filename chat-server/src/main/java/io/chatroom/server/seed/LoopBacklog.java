package io.chatroom.server.seed;

/**
 * Counts the bytes that all rooms of one event loop keep for slow members. The bound of {@link
 * BacklogPolicy} applies to the whole loop: a thousand rooms with one slow member each keep no more
 * than one room with a thousand. Belongs to the event loop.
 */
final class LoopBacklog {

  private final long maxBytes;
  private long owedBytes;
  private long keptBytes;

  LoopBacklog(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Updates a room's share.
   *
   * @param moreOwed change of the bytes that it keeps for members that are catching up
   * @param moreKept change of the bytes that it keeps in total
   */
  void change(long moreOwed, long moreKept) {
    owedBytes += moreOwed;
    keptBytes += moreKept;
  }

  /** Returns true if members that are catching up need more than the bound. */
  boolean isExceeded() {
    return owedBytes > maxBytes;
  }

  /**
   * Returns the number of bytes that a room can keep for lagging members, for which no sender
   * waits.
   *
   * @param kept number of bytes that it keeps now
   */
  long leftFor(long kept) {
    return Math.max(0, maxBytes - (keptBytes - kept));
  }
}
