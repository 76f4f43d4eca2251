package io.chatroom.server.session;

import io.chatroom.server.room.Kind;

/**
 * The kinds of member that a session is. A private room has a different name for each of its two
 * owners, so its messages are encoded once for each.
 *
 * @param open in a room that is not private
 * @param first in a private room, as the first of the pair
 * @param second in a private room, as the second of the pair
 * @param receives true if the session receives messages; false if only its requests are answered
 */
record Kinds(Kind open, Kind first, Kind second, boolean receives) {}
