package io.chatroom.server.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer to a request. Immutable except for its body, whose ownership passes with it.
 *
 * @param status the HTTP status
 * @param headers its own headers; those for length, connection and browser security are added
 * @param body its readable bytes; the answer to a HEAD request contains only their number
 */
public record Answer(int status, Map<String, String> headers, ByteBuf body) {

  private static final String TEXT = "text/plain; charset=utf-8";

  /**
   * Copies the map.
   *
   * @throws IllegalArgumentException if a header contains a line end
   */
  public Answer {
    headers = Map.copyOf(headers);
    headers.forEach(
        (name, value) -> {
          if (HttpHeaderValidationUtil.validateToken(name) >= 0
              || HttpHeaderValidationUtil.validateValidHeaderValue(value) >= 0) {
            throw new IllegalArgumentException("the header " + name + " cannot be sent as it is");
          }
        });
  }

  /** An answer with a body of a type such as {@code application/json}. */
  public static Answer of(int status, String type, ByteBuf body) {
    return new Answer(status, Map.of("content-type", type), body);
  }

  /** An answer with a text of a type, sent as UTF-8. */
  public static Answer of(int status, String type, String text) {
    return of(status, type, Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** An answer with a sentence for people, on a line of its own. */
  public static Answer sentence(int status, String sentence) {
    return of(status, TEXT, sentence + "\n");
  }

  /** An answer without a body, such as 304. */
  public static Answer empty(int status) {
    return new Answer(status, Map.of(), Unpooled.EMPTY_BUFFER);
  }

  /** A copy with a header added or replaced; its name is in lower case. */
  public Answer with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, more, body);
  }
}
