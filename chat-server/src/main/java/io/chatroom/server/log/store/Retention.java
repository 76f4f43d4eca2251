package io.chatroom.server.log.store;

import java.time.Duration;

/**
 * What a store keeps: the newest messages within all of these limits. 0 is no limit.
 *
 * @param messages of one room
 * @param bytes of one room, about
 * @param age how old a message may become
 * @param allMessages of all rooms together
 * @param allBytes about how much disk space the database may take
 */
public record Retention(long messages, long bytes, Duration age, long allMessages, long allBytes) {

  /** Everything is kept. */
  public static final Retention FOREVER = new Retention(0, 0, Duration.ZERO, 0, 0);

  /** Whether a room keeps too much. */
  boolean isTooMuch(StoredRoom room) {
    return (messages > 0 && room.kept() > messages)
        || (bytes > 0 && room.keptBytes() > bytes && room.kept() > 1);
  }
}
