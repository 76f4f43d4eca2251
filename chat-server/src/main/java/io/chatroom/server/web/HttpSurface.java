package io.chatroom.server.web;

import io.chatroom.server.carrier.WebSockets;
import io.chatroom.server.front.ConnectionLog;
import io.chatroom.server.front.FirstBytes;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.front.Surface;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.ProtocolDetectionState;
import io.netty.handler.codec.http.HttpResponseEncoder;
import java.util.List;
import java.util.stream.Stream;

/**
 * What begins like a request of HTTP. The way of what comes in, whole:
 *
 * <pre>
 *   bytes → RequestLine → RequestDecoder → HttpHandler; the handlers of a WebSocket in their place, if it is one
 * </pre>
 */
public final class HttpSurface implements Surface {

  private static final List<FirstBytes> METHODS =
      Stream.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
          .map(method -> FirstBytes.of(method + " "))
          .toList();

  private final WebSockets webSockets;
  private final Origins allowed;
  private final ConnectionLog log;

  /**
   * Makes the surface of a server.
   *
   * @param webSockets who carries a session once a WebSocket was agreed to
   * @param allowed the pages of other servers that may open one
   */
  public HttpSurface(WebSockets webSockets, Origins allowed, ConnectionLog log) {
    this.webSockets = webSockets;
    this.allowed = allowed;
    this.log = log;
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
    newcomer
        .pipeline()
        .addLast(new RequestLine())
        .addLast(decoder)
        .addLast(new HttpResponseEncoder())
        .addLast(new WatchedRequest(newcomer, decoder))
        .addLast(new HttpHandler(newcomer, webSockets, allowed, log));
  }
}
