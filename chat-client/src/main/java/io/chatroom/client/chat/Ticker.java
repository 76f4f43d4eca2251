package io.chatroom.client.chat;

import java.time.Duration;

/** The conversation's own thread, and its clock. Tests have one whose time they move. */
interface Ticker {

  /** Runs a task after those that came before it. Dropped once it has stopped. */
  void execute(Runnable task);

  /** Runs a task later. Dropped once it has stopped. */
  void later(Duration delay, Runnable task);

  /** A time that only goes forward; differences count. */
  long nanoTime();

  /** Ends the thread after what it is doing. */
  void stop();
}
