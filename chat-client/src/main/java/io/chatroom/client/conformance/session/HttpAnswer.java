package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Bytes;
import io.chatroom.client.conformance.session.Wire.WrongFrameException;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The head of an HTTP response; the names of headers are in lower case. */
record HttpAnswer(int status, Map<String, String> headers) {

  private static final int MAX_BYTES = 16_384;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9][0-9])( .*)?");

  static HttpAnswer read(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new WrongFrameException(
            head.isEmpty()
                ? "the server closed the connection without an HTTP response"
                : "the HTTP response ended after " + Bytes.utf8(head.toString()));
      }
      head.append((char) next);
      if (head.length() > MAX_BYTES) {
        throw new WrongFrameException(
            "the head of the HTTP response is longer than " + MAX_BYTES + " bytes");
      }
    }
    List<String> lines = head.toString().lines().toList();
    var status = STATUS.matcher(lines.get(0));
    if (!status.matches()) {
      throw new WrongFrameException("expected an HTTP response, got " + Bytes.utf8(lines.get(0)));
    }
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    return new HttpAnswer(Integer.parseInt(status.group(1)), headers);
  }

  String header(String name) {
    return headers.getOrDefault(name, "");
  }
}
