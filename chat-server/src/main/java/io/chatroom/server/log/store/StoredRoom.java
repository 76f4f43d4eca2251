package io.chatroom.server.log.store;

import io.chatroom.server.log.sql.RandomName;
import org.jspecify.annotations.Nullable;

/**
 * A room in the store.
 *
 * @param id its id in the table of messages; 0 if it is not stored yet
 * @param epoch the epoch of its log
 * @param forgotten the highest sequence number that is no longer kept; 0 if all are
 * @param newest the sequence number of its newest message; {@code forgotten} if none is kept
 * @param atMillis the time of that message; 0 if none is kept
 * @param bytes the total size of its messages up to the newest
 * @param floorBytes approximately the same total before the oldest kept one
 * @param topic its topic; null if it has none
 */
record StoredRoom(
    long id,
    String name,
    String epoch,
    long forgotten,
    long newest,
    long atMillis,
    long bytes,
    long floorBytes,
    @Nullable String topic) {

  /** A new room, with a new epoch. */
  static StoredRoom fresh(String name) {
    return new StoredRoom(0, name, RandomName.next(), 0, 0, 0, 0, 0, null);
  }

  /**
   * The room without its oldest messages.
   *
   * @param seq the sequence number of the last one that is no longer kept
   * @param bytesThere the total size of the room's messages up to that one
   */
  StoredRoom without(long seq, long bytesThere) {
    return new StoredRoom(id, name, epoch, seq, newest, atMillis, bytes, bytesThere, topic);
  }

  /**
   * The room with one more event.
   *
   * @param size the size of the event
   */
  StoredRoom with(long at, long size) {
    return new StoredRoom(
        id, name, epoch, forgotten, newest + 1, at, bytes + size, floorBytes, topic);
  }

  /** Approximate size of its kept messages in bytes. */
  long keptBytes() {
    return kept() == 0 ? 0 : bytes - floorBytes;
  }

  /** The number of messages that it keeps. */
  long kept() {
    return newest - forgotten;
  }
}
