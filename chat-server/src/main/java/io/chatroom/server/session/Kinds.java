package io.chatroom.server.session;

import io.chatroom.server.room.Kind;

/**
 * What a session is in rooms: in a private one the room has another name for each of the two.
 *
 * @param open in rooms that have one name
 * @param first in the room of a pair of whom it is the first
 * @param second in the room of a pair of whom it is the second
 * @param hears whether it is told what happens there; if not, only what it asks is answered
 */
record Kinds(Kind open, Kind first, Kind second, boolean hears) {}
