/**
 * Accepts connections of any protocol: limits them, detects their protocol, and watches them while
 * they are open. {@link io.chatroom.server.front.FrontDoor} passes a connection to a {@link
 * io.chatroom.server.front.Surface} according to its first bytes; this package does not know which
 * surfaces exist.
 */
@NullMarked
package io.chatroom.server.front;

import org.jspecify.annotations.NullMarked;
