/**
 * The heart: who is in the room, in which order its messages stand, and how they reach everybody.
 *
 * <p>It knows Netty's buffers and channels. It must not know how frames are parsed, where
 * connections come from, what a configuration file says, or anything of {@code connection}. Names
 * and messages are bytes to it.
 */
@NullMarked
package io.chatroom.server.room;

import org.jspecify.annotations.NullMarked;
