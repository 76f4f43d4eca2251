package io.chatroom.server.web;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks the form of any request, and whether a request may open a WebSocket. */
final class Refusal {

  private static final String VERSION = "13";
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{22}==");

  private Refusal() {}

  /** Refuses a request that cannot be parsed, so that even its end is unknown; else null. */
  static @Nullable Answer ofBroken(HttpRequest request) {
    Throwable wrong = request.decoderResult().cause();
    if (wrong instanceof TooLongHttpLineException) {
      return Answer.sentence(
          414,
          "The first line is too long, expected at most "
              + HeadScan.MOST_BYTES_OF_FIRST_LINE
              + " bytes.");
    }
    if (wrong instanceof TooLongHttpHeaderException) {
      return Answer.sentence(
          431,
          "The headers are too many or too long, expected at most "
              + HeadScan.MOST_HEADERS
              + " headers and "
              + HeadScan.MOST_BYTES_OF_HEADERS
              + " bytes in total.");
    }
    if (wrong != null) {
      return Answer.sentence(400, "This is not an HTTP request.");
    }
    if (request.protocolVersion().majorVersion() != 1) {
      return Answer.sentence(505, "This version of HTTP is not supported, expected HTTP/1.1.");
    }
    return null;
  }

  /** Refuses a request with a wrong head; else null. */
  static @Nullable Answer ofHead(HttpRequest request) {
    HttpHeaders headers = request.headers();
    int hosts = headers.getAll(HttpHeaderNames.HOST).size();
    if (hosts > 1 || (hosts == 0 && request.protocolVersion().equals(HttpVersion.HTTP_1_1))) {
      return Answer.sentence(400, "The header Host is missing or repeated, expected it once.");
    }
    String coding = headers.get(HttpHeaderNames.TRANSFER_ENCODING);
    if (coding != null && !coding.equalsIgnoreCase("chunked")) {
      return Answer.sentence(501, "This Transfer-Encoding is not supported, expected chunked.");
    }
    List<String> expected = headers.getAll(HttpHeaderNames.EXPECT);
    if (!expected.isEmpty()
        && !expected.stream()
            .allMatch(each -> each.toLowerCase(Locale.ROOT).equals("100-continue"))) {
      return Answer.sentence(417, "This Expect is not supported, expected 100-continue.");
    }
    return null;
  }

  /** Refuses a request that may not open a WebSocket; else null. */
  static @Nullable Answer ofWebSocket(HttpRequest request, Origins allowed) {
    HttpHeaders headers = request.headers();
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      return Answer.sentence(405, "A WebSocket is opened with GET.").with("allow", "GET, HEAD");
    }
    if (!request.method().equals(HttpMethod.GET)
        || !request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        || !headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
        || !headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
        || !headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_VERSION).equals(List.of(VERSION))) {
      return Answer.sentence(
              426, "This path is for WebSockets, expected an upgrade to version " + VERSION + ".")
          .with("connection", "close, upgrade") // RFC 9110, 7.8
          .with("upgrade", "websocket")
          .with("sec-websocket-version", VERSION);
    }
    List<String> keys = headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    if (keys.size() != 1 || !KEY.matcher(keys.get(0)).matches()) {
      return Answer.sentence(
          400, "Sec-WebSocket-Key is missing or wrong, expected 16 random bytes in Base64.");
    }
    if (!allowed.allow(
        headers.getAll(HttpHeaderNames.ORIGIN), headers.getAll(HttpHeaderNames.HOST))) {
      return Answer.sentence(
          403,
          "Pages of another origin cannot open a WebSocket here,"
              + " unless the server's operator allows them with --allowed-origins.");
    }
    if (!headers.containsValue(
        HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, Handshake.SUBPROTOCOL, false)) {
      return Answer.sentence(
          400,
          "The subprotocol "
              + Handshake.SUBPROTOCOL
              + " is not among those offered, expected it in Sec-WebSocket-Protocol.");
    }
    return null;
  }
}
