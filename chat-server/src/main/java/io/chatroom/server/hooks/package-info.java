/**
 * Tells other servers what is said in a room. It reads what logs keep, from a position of its own,
 * so that no room ever waits for it.
 */
@NullMarked
package io.chatroom.server.hooks;

import org.jspecify.annotations.NullMarked;
