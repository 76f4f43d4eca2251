/**
 * What happens on one connection: bytes become frames, the first frame a member, every later one a
 * message for the room. It never writes to another connection's channel; that is the room's.
 */
@NullMarked
package io.chatroom.server.front;

import org.jspecify.annotations.NullMarked;
