package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Bytes;
import io.chatroom.client.conformance.session.Wire.WrongFrameException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The HTTP request that opens a WebSocket, and the check of its response. */
record Upgrade(String host, String path, Map<String, String> headers) {

  static final String PROTOCOL = "chatroom.2";
  private static final String KEY = "Sec-WebSocket-Key";
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  static Upgrade to(String host) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Upgrade", "websocket");
    headers.put("Connection", "Upgrade");
    headers.put(KEY, WebSocketWire.newKey());
    headers.put("Sec-WebSocket-Version", "13");
    headers.put("Sec-WebSocket-Protocol", PROTOCOL);
    return new Upgrade(host, "/ws", headers);
  }

  Upgrade with(String name, String value) {
    Map<String, String> changed = new LinkedHashMap<>(headers);
    changed.put(name, value);
    return new Upgrade(host, path, changed);
  }

  Upgrade without(String name) {
    Map<String, String> changed = new LinkedHashMap<>(headers);
    changed.remove(name);
    return new Upgrade(host, path, changed);
  }

  Bytes request() {
    StringBuilder request = new StringBuilder();
    request.append("GET ").append(path).append(" HTTP/1.1\r\nHost: ").append(host).append("\r\n");
    headers.forEach(
        (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
    return Bytes.utf8(request.append("\r\n").toString());
  }

  void check(HttpAnswer answer) throws WrongFrameException {
    expect(answer.status() == 101, "the upgrade was answered with HTTP status " + answer.status());
    same(answer, "upgrade", "websocket");
    same(answer, "sec-websocket-accept", accept(headers.getOrDefault(KEY, "")));
    same(answer, "sec-websocket-protocol", PROTOCOL);
    expect(
        answer.header("sec-websocket-extensions").isEmpty(),
        "the server chose an extension that was not offered");
  }

  private static void same(HttpAnswer answer, String name, String expected)
      throws WrongFrameException {
    String actual = answer.header(name);
    expect(
        name.equals("upgrade")
            ? actual.toLowerCase(Locale.ROOT).equals(expected)
            : actual.equals(expected),
        "the response to the upgrade has %s %s, not \"%s\""
            .formatted(name, Bytes.utf8(actual), expected));
  }

  private static void expect(boolean right, String otherwise) throws WrongFrameException {
    if (!right) {
      throw new WrongFrameException(otherwise);
    }
  }

  static String accept(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-1 is missing from this Java", e);
    }
  }
}
