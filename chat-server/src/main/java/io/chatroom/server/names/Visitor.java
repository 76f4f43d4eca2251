package io.chatroom.server.names;

import org.jspecify.annotations.Nullable;

/**
 * The sender of a single request, without a hello. Secrets are not in {@link #toString}. Immutable.
 *
 * @param name the name of a guest; null if there is none, or if the token implies it
 * @param token the token of an owner or of a bot; null if there is none
 * @param key the access key for a closed server; null if there is none
 */
public record Visitor(@Nullable String name, @Nullable String token, @Nullable String key) {

  @Override
  public String toString() {
    return "Visitor[name=" + name + "]";
  }
}
