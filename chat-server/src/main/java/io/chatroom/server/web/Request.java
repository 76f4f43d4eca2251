package io.chatroom.server.web;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request, all of which has come.
 *
 * @param method such as {@code GET}, which stands for {@code HEAD} too
 * @param path what stands between the slashes of its path, decoded: {@code ["api", "rooms"]}
 * @param query the parameters, decoded; of several with the same name the first
 * @param headers in any case of letters
 * @param body all of it, empty where there is none
 * @param address where it came from; null if that is not known
 */
public record Request(
    String method,
    List<String> path,
    Map<String, String> query,
    HttpHeaders headers,
    ByteBuf body,
    @Nullable InetAddress address) {

  /** Lists and maps of its own. */
  public Request {
    path = List.copyOf(path);
    query = Map.copyOf(query);
  }

  /** The first header with that name; null if there is none. */
  public @Nullable String header(String name) {
    return headers.get(name);
  }

  /** The parameter with that name; null if there is none. */
  public @Nullable String parameter(String name) {
    return query.get(name);
  }
}
