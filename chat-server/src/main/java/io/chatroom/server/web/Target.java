package io.chatroom.server.web;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The target of a request, decoded.
 *
 * @param path its segments
 * @param query the first parameter of each name
 */
record Target(List<String> path, Map<String, String> query) {

  private static final int MAX_PARAMETERS = 100;

  /**
   * Reads the target of a request line, which may be in absolute form (RFC 9112, 3.2.2). Null if it
   * has no path, such as a star.
   *
   * @throws IllegalArgumentException if it is not valid percent-encoded UTF-8, or contains a
   *     character that must be encoded
   */
  static @Nullable Target of(String text) {
    if (!text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException("a character that must be encoded");
    }
    String target = text.startsWith("/") ? text : withoutHost(text);
    if (target == null) {
      return null;
    }
    int end = target.indexOf('?');
    String path = end < 0 ? target : target.substring(0, end);
    Map<String, String> query = new HashMap<>();
    if (end >= 0) {
      new QueryStringDecoder(
              target.substring(end + 1), StandardCharsets.UTF_8, false, MAX_PARAMETERS, true)
          .parameters()
          .forEach((name, values) -> query.put(name, values.get(0)));
    }
    return new Target(Routes.split(path).stream().map(Target::decoded).toList(), query);
  }

  /** Decodes a segment; plus signs are literal in a path. */
  private static String decoded(String part) {
    return QueryStringDecoder.decodeComponent(part.replace("+", "%2B"));
  }

  private static @Nullable String withoutHost(String text) {
    try {
      URI uri = new URI(text);
      String path = uri.getRawPath();
      if (uri.getRawAuthority() == null || path == null) {
        return null;
      }
      return (path.isEmpty() ? "/" : path)
          + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    } catch (URISyntaxException e) {
      return null; // no valid address
    }
  }
}
