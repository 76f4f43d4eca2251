/**
 * The part of the conformance kit that judges servers by SESSIONS.md, over TCP and over WebSocket.
 *
 * <p>As the rest of the kit it shares nothing with the server it may judge: its own sockets, its
 * own reading of WebSocket frames, its own idea of JSON (only the tokens are Jackson's).
 *
 * <p>A case is played twice, on a {@link io.chatroom.client.conformance.session.SessionStage} of
 * either way in, in rooms of its own, where {@link io.chatroom.client.conformance.session.Talker}s
 * say objects and hear them. That something does <em>not</em> arrive is never concluded from
 * waiting: a marker that is posted afterwards must arrive, and nothing before it.
 */
@NullMarked
package io.chatroom.client.conformance.session;

import org.jspecify.annotations.NullMarked;
