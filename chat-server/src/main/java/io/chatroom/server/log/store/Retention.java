package io.chatroom.server.log.store;

import java.time.Duration;

/**
 * The retention limits of a store: it keeps the newest messages within all of them. 0 is no limit.
 *
 * @param messages maximum number of messages of one room
 * @param bytes approximate maximum size of one room
 * @param age maximum age of a message
 * @param allMessages maximum number of messages of all rooms together
 * @param allBytes approximate maximum size of the database on disk
 */
public record Retention(long messages, long bytes, Duration age, long allMessages, long allBytes) {

  /** Everything is kept. */
  public static final Retention FOREVER = new Retention(0, 0, Duration.ZERO, 0, 0);

  /** Returns true if a room keeps too much. */
  boolean isTooMuch(StoredRoom room) {
    return (messages > 0 && room.kept() > messages)
        || (bytes > 0 && room.keptBytes() > bytes && room.kept() > 1);
  }
}
