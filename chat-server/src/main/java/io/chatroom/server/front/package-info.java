/**
 * Where connections come in: how many there may be, what they speak, and what is done about them
 * for as long as they are open, whatever that is. {@link io.chatroom.server.front.FrontDoor} tells
 * from the first bytes and hands a connection to a {@link io.chatroom.server.front.Surface}; which
 * there are, nothing here knows.
 */
@NullMarked
package io.chatroom.server.front;

import org.jspecify.annotations.NullMarked;
