/**
 * Carries sessions over TCP and WebSocket: converts between bytes and the session's objects, and
 * bounds the cost of a connection. What the objects mean is the session's business.
 */
@NullMarked
package io.chatroom.server.carrier;

import org.jspecify.annotations.NullMarked;
