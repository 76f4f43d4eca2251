package io.chatroom.server.names;

import org.jspecify.annotations.Nullable;

/**
 * Who comes without a hello, for one request. Its secrets are not in {@link #toString}. Immutable.
 *
 * @param name what a guest wants to be called; null if it has none, or its token tells it
 * @param token of the owner of a name, or of a bot; null if it brings none
 * @param key lets in where a server asks for one; null if it brings none
 */
public record Visitor(@Nullable String name, @Nullable String token, @Nullable String key) {

  @Override
  public String toString() {
    return "Visitor[name=" + name + "]";
  }
}
