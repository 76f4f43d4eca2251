package io.chatroom.server.log;

import java.time.Duration;
import java.util.List;

/** Where rooms get their logs from: one kind for all rooms of a server. Thread-safe. */
public interface RoomLogs extends AutoCloseable {

  /**
   * Opens the log of a room.
   *
   * @param room the room's name
   * @param emptied called on any thread, without a lock of ours, when the log has forgotten its
   *     last message
   */
  RoomLog open(String room, Runnable emptied);

  /** Whether what they have handed on is there after the end of the process. */
  default boolean areDurable() {
    return false;
  }

  /** The rooms of which something was kept before the first was opened. */
  default List<String> names() {
    return List.of();
  }

  /**
   * Tells how to slow those who talk, in every room, while more waits to be made safe than should.
   * Called once, before the first log is opened.
   *
   * @param begin slows them; called from any thread
   * @param end takes that back
   */
  default void slows(Runnable begin, Runnable end) {}

  /**
   * Blocks until all that was appended has been handed on or refused.
   *
   * @param most how long at most
   */
  default void settle(Duration most) {}

  /** Gives back what all logs share. */
  @Override
  void close();
}
