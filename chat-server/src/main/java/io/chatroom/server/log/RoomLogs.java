package io.chatroom.server.log;

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

  /** Gives back what all logs share. */
  @Override
  void close();
}
