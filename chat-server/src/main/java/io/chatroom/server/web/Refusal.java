package io.chatroom.server.web;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Why a request gets no WebSocket.
 *
 * @param sentence for people
 */
record Refusal(HttpResponseStatus status, String sentence) {

  private static final String PATH = "/ws";
  private static final String VERSION = "13";
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{22}==");

  private static Refusal because(HttpResponseStatus status, String sentence) {
    return new Refusal(status, sentence);
  }

  /** Looks at a request; null if it may have one. */
  static @Nullable Refusal of(HttpRequest request, Origins allowed) {
    Throwable wrong = request.decoderResult().cause();
    if (wrong instanceof TooLongHttpLineException) {
      return because(HttpResponseStatus.REQUEST_URI_TOO_LONG, "The first line is too long.");
    }
    if (wrong instanceof TooLongHttpHeaderException) {
      return because(
          HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers are too long.");
    }
    if (wrong != null) {
      return because(HttpResponseStatus.BAD_REQUEST, "This is not a request of HTTP.");
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      return because(HttpResponseStatus.METHOD_NOT_ALLOWED, "Expected GET or HEAD.");
    }
    if (!path(request.uri()).equals(PATH)) {
      return because(
          HttpResponseStatus.NOT_FOUND,
          "Not found. This is a chat server, which has "
              + PATH
              + ", for WebSocket with the subprotocol "
              + Handshake.SUBPROTOCOL
              + ".");
    }
    return ofWebSocket(request, allowed);
  }

  private static @Nullable Refusal ofWebSocket(HttpRequest request, Origins allowed) {
    HttpHeaders headers = request.headers();
    if (!request.method().equals(HttpMethod.GET)
        || !request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        || !headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
        || !headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
        || !headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_VERSION).equals(List.of(VERSION))) {
      return because(
          HttpResponseStatus.UPGRADE_REQUIRED, "Expected a WebSocket, version " + VERSION + ".");
    }
    List<String> keys = headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    if (keys.size() != 1 || !KEY.matcher(keys.get(0)).matches()) {
      return because(
          HttpResponseStatus.BAD_REQUEST,
          "Sec-WebSocket-Key is missing or wrong, expected 16 random bytes in Base64.");
    }
    if (!allowed.allow(
        headers.getAll(HttpHeaderNames.ORIGIN), headers.getAll(HttpHeaderNames.HOST))) {
      return because(
          HttpResponseStatus.FORBIDDEN,
          "Pages of another origin may not open a WebSocket here,"
              + " unless the server's operator allows them with --allowed-origins.");
    }
    if (!headers.containsValue(
        HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, Handshake.SUBPROTOCOL, false)) {
      return because(
          HttpResponseStatus.BAD_REQUEST,
          "The subprotocol "
              + Handshake.SUBPROTOCOL
              + " is not among those offered, expected it in Sec-WebSocket-Protocol.");
    }
    return null;
  }

  /** Adds the headers that this answer must have. */
  void addTo(HttpHeaders headers) {
    if (status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
      headers.set(HttpHeaderNames.ALLOW, "GET, HEAD");
    } else if (status.equals(HttpResponseStatus.UPGRADE_REQUIRED)) {
      headers
          .set(HttpHeaderNames.CONNECTION, "close, upgrade") // RFC 9110, 7.8
          .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
          .set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION);
    }
  }

  private static String path(String target) {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }
}
