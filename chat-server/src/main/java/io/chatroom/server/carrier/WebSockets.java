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
 * Sessions over WebSocket, after the HTTP upgrade. The path of an object:
 *
 * <pre>
 *   bytes → WebSocketDecoder → WebSocketHandler (fragments become a message) → Session → Room
 * </pre>
 *
 * <p>Everything sent, including pings and the close frame, goes through the connection's outlet: a
 * room's bytes bypass all handlers, and everything must stay in one order.
 */
public final class WebSockets {

  private final Sessions sessions;
  private final int longest;
  private final WebSocketDecoderConfig rules;
  private final Rates rates;
  private final SessionLog log;
  private final SessionKind kind;

  /**
   * Makes the carrier of a server's sessions.
   *
   * @param reads limits concurrent reads of history
   * @param rates the rate limits of sessions
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

  /** Starts a session on an upgraded connection: adds its handlers at the end of the pipeline. */
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
