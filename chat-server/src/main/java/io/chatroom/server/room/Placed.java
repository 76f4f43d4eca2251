package io.chatroom.server.room;

import io.chatroom.server.log.Burst;

/**
 * A burst and its place in the order of its room.
 *
 * @param room the room's name
 * @param epoch the epoch of the room's log
 * @param firstSeq the sequence number of its first message; the others follow without a gap
 * @param atMillis when it was posted, in milliseconds since 1970, UTC
 */
public record Placed(String room, String epoch, Burst burst, long firstSeq, long atMillis) {}
