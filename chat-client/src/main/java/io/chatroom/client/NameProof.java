package io.chatroom.client;

import io.chatroom.protocol.VisibleText;
import org.jspecify.annotations.Nullable;

/**
 * Proves to a server that this client owns its name: the token, and the file that keeps it. On the
 * client's thread, except for {@link #isOwned} and {@link #checkMayClaim}.
 */
final class NameProof {

  private final ServerAddress server;
  private final String name;
  private final @Nullable OwnedNames names;
  private final boolean isEncrypted;

  private @Nullable String token;
  private volatile boolean isOwned;

  /**
   * @throws ChatException if a secret would go in the clear to a server that was reached with TLS
   *     before, or the file of owned names cannot be used
   */
  NameProof(SessionClient.Builder settings, SessionAddress address, String name)
      throws ChatException {
    server = address.server();
    this.name = name;
    names = settings.names;
    isEncrypted = SessionDialer.isEncrypted(address, settings.tls);
    token = settings.token;
    if (token == null && names != null) {
      token = names.token(server, name);
    }
    if (token != null) {
      checkMayClaim();
    }
    if (settings.key != null) {
      checkMaySend("the key");
    }
  }

  /** Refuses to let a token travel in the clear where the server was reached with TLS before. */
  void checkMayClaim() throws ChatException {
    checkMaySend("the token of the name " + VisibleText.of(name));
  }

  private void checkMaySend(String secret) throws ChatException {
    if (names != null) {
      names.checkMaySend(server, isEncrypted, secret);
    }
  }

  /** The token for the next hello, or null. */
  @Nullable String token() {
    return token;
  }

  boolean isOwned() {
    return isOwned;
  }

  /**
   * A session has begun.
   *
   * @throws ChatException if it cannot be recorded that the server has TLS
   */
  void welcomed(boolean owned) throws ChatException {
    isOwned = owned;
    if (names != null && isEncrypted) {
      names.rememberTls(server);
    }
  }

  /**
   * The server has given us the name.
   *
   * @throws ChatException if the token cannot be kept in the file
   */
  void claimed(String proof) throws ChatException {
    token = proof;
    isOwned = true;
    if (names != null) {
      names.keep(server, name, proof);
    }
  }
}
