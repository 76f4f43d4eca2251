package io.chatroom.server.web;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A complete request.
 *
 * @param method such as {@code GET}, which includes {@code HEAD}
 * @param path the segments of its path, decoded: {@code ["api", "rooms"]}
 * @param query the parameters, decoded; the first of several with the same name
 * @param headers its headers, with names in any case
 * @param body all of it; empty if there is none
 * @param address the address of the peer; null if unknown
 */
public record Request(
    String method,
    List<String> path,
    Map<String, String> query,
    HttpHeaders headers,
    ByteBuf body,
    @Nullable InetAddress address) {

  /** Copies lists and maps. */
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
