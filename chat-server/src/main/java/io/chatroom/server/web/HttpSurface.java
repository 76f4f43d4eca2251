package io.chatroom.server.web;

import io.chatroom.server.carrier.WebSockets;
import io.chatroom.server.front.ConnectionLog;
import io.chatroom.server.front.FirstBytes;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.front.Surface;
import io.chatroom.server.metrics.Metrics;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.ProtocolDetectionState;
import java.util.List;
import java.util.stream.Stream;

/**
 * The surface for HTTP. The whole path of received bytes:
 *
 * <pre>
 *   bytes → RequestLine → RequestDecoder → HttpHandler → Endpoint
 * </pre>
 *
 * <p>After an upgrade, the handlers of a WebSocket replace these.
 */
public final class HttpSurface implements Surface {

  private static final List<FirstBytes> METHODS =
      Stream.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
          .map(method -> FirstBytes.of(method + " "))
          .toList();

  private final HttpHandler.Shared shared;

  /**
   * Makes the surface of a server.
   *
   * @param routes all routes except that of WebSockets
   * @param webSockets carries sessions over upgraded connections
   * @param allowed the origins of other servers' pages that may open one
   * @param maxBodyBytes the longest body of a request
   */
  public HttpSurface(
      Routes routes,
      WebSockets webSockets,
      Origins allowed,
      int maxBodyBytes,
      ConnectionLog log,
      Metrics metrics) {
    this.shared =
        new HttpHandler.Shared(
            new Decisions(routes, allowed, maxBodyBytes), webSockets, log, metrics);
  }

  @Override
  public ProtocolDetectionState begins(ByteBuf bytes) {
    ProtocolDetectionState any = ProtocolDetectionState.INVALID;
    for (FirstBytes method : METHODS) {
      ProtocolDetectionState state = method.of(bytes);
      if (state == ProtocolDetectionState.DETECTED) {
        return state;
      }
      any = state == ProtocolDetectionState.NEEDS_MORE_DATA ? state : any;
    }
    return any;
  }

  @Override
  public void take(Newcomer newcomer) {
    RequestDecoder decoder = new RequestDecoder();
    HttpHandler handler = new HttpHandler(newcomer, shared, decoder);
    newcomer
        .pipeline()
        .addLast(new RequestLine())
        .addLast(decoder)
        .addLast(
            new WatchedRequest(
                newcomer, () -> decoder.waitingBytes() + handler.heldBytes(), handler::completed))
        .addLast(handler);
  }
}
