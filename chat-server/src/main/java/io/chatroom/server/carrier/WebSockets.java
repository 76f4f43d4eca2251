package io.chatroom.server.carrier;

import io.chatroom.protocol.session.SessionLimits;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.session.ReadGate;
import io.chatroom.server.session.SessionKind;
import io.chatroom.server.session.Sessions;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.timeout.IdleStateHandler;

/**
 * Sessions over WebSocket, from the moment on in which HTTP has agreed to it. The way of an object,
 * whole:
 *
 * <pre>
 *   bytes → WebSocketDecoder → WebSocketHandler (fragments become a message) → Session → Room
 * </pre>
 *
 * <p>All that goes out, pings and the close frame too, goes through the connection's outlet: a
 * room's bytes pass all handlers by, and the order has to stay one.
 */
public final class WebSockets {

  private final Sessions sessions;
  private final int longest;
  private final WebSocketDecoderConfig rules;
  private final Rates rates;
  private final SessionLog log;
  private final SessionKind kind;

  /**
   * Makes what carries the sessions of a server.
   *
   * @param reads who reads how much history at once
   * @param rates how much sessions may post
   */
  public WebSockets(Sessions sessions, ReadGate reads, Rates rates, SessionLog log) {
    this.sessions = sessions;
    this.longest = SessionLimits.maxFrameBytes(sessions.terms().limits().maxMessageBytes());
    this.rules = WebSocketDecoder.rules(longest);
    this.rates = rates;
    this.log = log;
    this.kind =
        new SessionKind(
            ByteBufAllocator.DEFAULT, WebSocketFraming::write, reads, sessions.terms().limits());
  }

  /**
   * Carries a session over a connection that is a WebSocket from here on: adds its handlers at the
   * end of the pipeline.
   */
  public void carry(Newcomer newcomer) {
    WebSocketDecoder decoder = new WebSocketDecoder(rules);
    WebSocketHandler handler =
        new WebSocketHandler(new WebSocketCarrier(newcomer, kind, sessions, rates, log), longest);
    newcomer
        .pipeline()
        .addLast(new IdleStateHandler(sessions.terms().pingSeconds(), 0, 0))
        .addLast(decoder)
        .addLast(new WatchedMessages(newcomer, decoder, handler))
        .addLast(handler);
  }
}
