package io.chatroom.server.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a request is answered with. Immutable but for its body, which belongs to the one it is given
 * to.
 *
 * @param status of HTTP
 * @param headers those that are this answer's own; length, type of connection and what keeps
 *     browsers safe are added
 * @param body its readable bytes; a request by HEAD gets their number only
 */
public record Answer(int status, Map<String, String> headers, ByteBuf body) {

  private static final String TEXT = "text/plain; charset=utf-8";

  /**
   * A map of its own.
   *
   * @throws IllegalArgumentException if a header has something in it that would begin another
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

  /** An answer with a body of some type, such as {@code application/json}. */
  public static Answer of(int status, String type, ByteBuf body) {
    return new Answer(status, Map.of("content-type", type), body);
  }

  /** The same of text, which goes out as UTF-8. */
  public static Answer of(int status, String type, String text) {
    return of(status, type, Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** A sentence for people, in a line of its own. */
  public static Answer sentence(int status, String sentence) {
    return of(status, TEXT, sentence + "\n");
  }

  /** An answer without a body, such as 304. */
  public static Answer empty(int status) {
    return new Answer(status, Map.of(), Unpooled.EMPTY_BUFFER);
  }

  /** The same with one more header, or another value of it; the name in lower case. */
  public Answer with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, more, body);
  }
}
