package io.chatroom.client.chat;

import java.time.Duration;

/** The conversation's own thread, and its clock. Tests have one whose time they move. */
interface Ticker {

  /** Runs a task after the earlier ones. Drops it once stopped. */
  void execute(Runnable task);

  /** Runs a task later. Drops it once stopped. */
  void later(Duration delay, Runnable task);

  /** A monotonic time; only differences mean something. */
  long nanoTime();

  /** Ends the thread after its current task. */
  void stop();
}
