package io.chatroom.server.session;

import io.chatroom.server.room.Kind;

/**
 * What a session is in rooms: in a private one the room has another name for each of the two.
 *
 * @param open in rooms that have one name
 * @param first in the room of a pair of whom it is the first
 * @param second in the room of a pair of whom it is the second
 */
record Kinds(Kind open, Kind first, Kind second) {}
