package io.chatroom.client.cli;

import io.chatroom.client.OwnedNames;
import io.chatroom.client.SessionClient;
import org.jspecify.annotations.Nullable;

/**
 * What a person shows to a server, and to nobody else.
 *
 * @param names the names that belong to them; null if there is no place to keep them
 * @param key of a closed server, or null
 */
record Secrets(@Nullable OwnedNames names, @Nullable String key) {

  /** Settings for a client that shows them. */
  SessionClient.Builder in(SessionClient.Builder settings) {
    if (names != null) {
      settings.names(names);
    }
    return key == null ? settings : settings.key(key);
  }

  /** What may be shown to another server than the one that the key is for. */
  Secrets withoutKey() {
    return new Secrets(names, null);
  }

  @Override
  public String toString() {
    return "Secrets";
  }
}
