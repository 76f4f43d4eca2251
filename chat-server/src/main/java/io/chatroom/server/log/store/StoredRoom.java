package io.chatroom.server.log.store;

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
    @Nullable String topic) {

  /** How many messages it keeps. */
  long kept() {
    return newest - forgotten;
  }
}
