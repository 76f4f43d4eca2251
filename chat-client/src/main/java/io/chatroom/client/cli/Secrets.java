package io.chatroom.client.cli;

import io.chatroom.client.OwnedNames;
import io.chatroom.client.SessionClient;
import org.jspecify.annotations.Nullable;

/**
 * The secrets that are shown to a server only.
 *
 * @param names the owned names; null if there is no place to keep them
 * @param key the access key of a closed server, or null
 */
record Secrets(@Nullable OwnedNames names, @Nullable String key) {

  /** Adds them to the settings of a client. */
  SessionClient.Builder in(SessionClient.Builder settings) {
    if (names != null) {
      settings.names(names);
    }
    return key == null ? settings : settings.key(key);
  }

  /** The secrets for a server other than the key's. */
  Secrets withoutKey() {
    return new Secrets(names, null);
  }

  @Override
  public String toString() {
    return "Secrets";
  }
}
