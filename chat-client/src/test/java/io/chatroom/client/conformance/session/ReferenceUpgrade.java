package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionDefect.*;

import io.chatroom.client.conformance.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The response of a {@link SessionReference} to an HTTP request. */
record ReferenceUpgrade(int status, Bytes answer) {

  static ReferenceUpgrade read(SessionReference server, InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the request ended");
      }
      head.append((char) next);
    }
    List<String> lines = head.toString().lines().toList();
    Map<String, String> headers = new HashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        String name = line.substring(0, colon);
        String value = line.substring(colon + 1).strip();
        headers.put(
            server.has(CASE_SENSITIVE_HEADERS) ? name : name.toLowerCase(Locale.ROOT), value);
      }
    }
    boolean exact = server.has(CASE_SENSITIVE_HEADERS);
    String upgrade = headers.getOrDefault(exact ? "Upgrade" : "upgrade", "");
    String key = headers.getOrDefault(exact ? "Sec-WebSocket-Key" : "sec-websocket-key", "");
    String offered =
        headers.getOrDefault(exact ? "Sec-WebSocket-Protocol" : "sec-websocket-protocol", "");
    List<String> protocols = Stream.of(offered.split(",", -1)).map(String::strip).toList();
    if (!lines.get(0).startsWith("GET /ws HTTP/1.1") || server.has(NO_WEB_SOCKET)) {
      return status(404, "Not Found");
    }
    if (!upgrade.equalsIgnoreCase("websocket")
        || !protocols.contains(Upgrade.PROTOCOL)
        || !headers.containsKey(exact ? "Connection" : "connection")) {
      return status(400, "Bad Request");
    }
    if (headers.containsKey("origin") && !server.has(ANY_ORIGIN)) {
      return status(403, "Forbidden");
    }
    String chosen = server.has(SELECTS_FIRST_SUBPROTOCOL) ? protocols.get(0) : Upgrade.PROTOCOL;
    return new ReferenceUpgrade(
        101,
        Bytes.utf8(
            """
            HTTP/1.1 101 Switching Protocols
            Upgrade: websocket
            Connection: Upgrade
            Sec-WebSocket-Accept: %s
            Sec-WebSocket-Protocol: %s

            """
                .formatted(Upgrade.accept(key), chosen)
                .replace("\n", "\r\n")));
  }

  private static ReferenceUpgrade status(int status, String reason) {
    String head = "HTTP/1.1 %d %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    return new ReferenceUpgrade(status, Bytes.utf8(head.formatted(status, reason)));
  }
}
