/**
 * Accepts connections: limits them, detects their protocol, and watches them for as long as they
 * are open, whatever they speak. {@link io.chatroom.server.front.FrontDoor} decides by the first
 * bytes and hands a connection to a {@link io.chatroom.server.front.Surface}; this package does not
 * know which surfaces exist.
 */
@NullMarked
package io.chatroom.server.front;

import org.jspecify.annotations.NullMarked;
