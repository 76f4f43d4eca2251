package io.chatroom.server.room;

/**
 * Runs a task when a number of others are done; at once if there are none. For use on one thread.
 */
final class Countdown {

  private final Runnable whenDone;
  private int left;

  Countdown(int count, Runnable whenDone) {
    this.left = count;
    this.whenDone = whenDone;
    if (count == 0) {
      whenDone.run();
    }
  }

  /** Counts one of the other tasks as done. */
  void down() {
    if (--left == 0) {
      whenDone.run();
    }
  }
}
