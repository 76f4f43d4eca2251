/**
 * The programs of the seed's protocol, as members of a room: bytes become frames, the first frame a
 * member, every later one a message for the room; what they hear, how they are read from, and who
 * pays when one of them does not keep up. They have no number for what they heard, so what they
 * miss is lost to them; that is why the room is patient with them, within bounds.
 */
@NullMarked
package io.chatroom.server.seed;

import org.jspecify.annotations.NullMarked;
