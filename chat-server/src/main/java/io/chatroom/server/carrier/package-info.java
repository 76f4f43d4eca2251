/**
 * What carries sessions: TCP and WebSocket. It turns bytes into the session's objects and back, and
 * knows what a connection costs; what the objects mean is the session's business.
 */
@NullMarked
package io.chatroom.server.carrier;

import org.jspecify.annotations.NullMarked;
