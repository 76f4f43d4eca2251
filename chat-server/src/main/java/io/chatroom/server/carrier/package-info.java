/**
 * Carries sessions over TCP and WebSocket: converts between bytes and the session's objects, and
 * limits the cost of a connection. The session knows what the objects mean.
 */
@NullMarked
package io.chatroom.server.carrier;

import org.jspecify.annotations.NullMarked;
