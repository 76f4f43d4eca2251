package io.chatroom.server.web;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;

/** Netty's WebSocket handshake. The carrier's own handlers decode what follows. */
final class Handshake extends WebSocketServerHandshaker13 {

  /** The subprotocol (S-05). */
  static final String SUBPROTOCOL = "chatroom.2";

  private Handshake() {
    super(null, SUBPROTOCOL, WebSocketDecoderConfig.newBuilder().build());
  }

  /**
   * Accepts the upgrade.
   *
   * @param request a request with all headers that the RFC requires; if it offers upgrades to other
   *     protocols, too, they are hidden from Netty
   */
  static FullHttpResponse agree(HttpRequest request) {
    HttpHeaders headers =
        request.headers().copy().set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    return new Handshake()
        .newHandshakeResponse(
            new DefaultFullHttpRequest(
                request.protocolVersion(),
                request.method(),
                request.uri(),
                Unpooled.EMPTY_BUFFER,
                headers,
                EmptyHttpHeaders.INSTANCE),
            EmptyHttpHeaders.INSTANCE);
  }
}
