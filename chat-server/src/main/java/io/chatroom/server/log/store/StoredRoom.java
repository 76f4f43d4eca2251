package io.chatroom.server.log.store;

import io.chatroom.server.log.sql.RandomName;
import org.jspecify.annotations.Nullable;

/**
 * A room as it stands in the store.
 *
 * @param id what messages call it; 0 if it is not stored yet
 * @param epoch which log it is
 * @param forgotten the highest number that is not kept any more; 0 if everything is
 * @param newest the number of its newest message; {@code forgotten} if none is kept
 * @param atMillis when that was said; 0 if none is kept
 * @param bytes what its newest message says of the room's size
 * @param floorBytes what that was where the oldest begins that is kept, about
 * @param topic what it is about; null if nobody has said so
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

  /** A room of which nothing is stored: another log than all before. */
  static StoredRoom fresh(String name) {
    return new StoredRoom(0, name, RandomName.next(), 0, 0, 0, 0, 0, null);
  }

  /**
   * The room without its oldest messages.
   *
   * @param seq the number of the last that is not kept any more
   * @param bytesThere what that says of the room's size
   */
  StoredRoom without(long seq, long bytesThere) {
    return new StoredRoom(id, name, epoch, seq, newest, atMillis, bytes, bytesThere, topic);
  }

  /**
   * The room with one event more.
   *
   * @param size what that takes
   */
  StoredRoom with(long at, long size) {
    return new StoredRoom(
        id, name, epoch, forgotten, newest + 1, at, bytes + size, floorBytes, topic);
  }

  /** How many bytes what it keeps takes, about. */
  long keptBytes() {
    return kept() == 0 ? 0 : bytes - floorBytes;
  }

  /** How many messages it keeps. */
  long kept() {
    return newest - forgotten;
  }
}
