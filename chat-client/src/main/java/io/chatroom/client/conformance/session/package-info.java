/**
 * The part of the conformance kit that judges servers by SESSIONS.md, over TCP and over WebSocket.
 *
 * <p>Like the rest of the kit it shares no code with the server: it has its own sockets, its own
 * WebSocket frames and its own rules for JSON (only the tokens are Jackson's).
 *
 * <p>Most cases run twice, on a {@link io.chatroom.client.conformance.session.SessionStage} over
 * TCP and on one over WebSocket, in rooms of their own, where {@link
 * io.chatroom.client.conformance.session.Talker}s send and receive objects. The kit never concludes
 * from waiting that something does <em>not</em> arrive: it posts a marker afterwards, and nothing
 * may arrive before the marker.
 */
@NullMarked
package io.chatroom.client.conformance.session;

import org.jspecify.annotations.NullMarked;
