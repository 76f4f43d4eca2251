package io.chatroom.client;

import org.jspecify.annotations.Nullable;

/**
 * The server began no session: it closed the connection without an answer, stayed silent, or gave
 * another answer. Either it speaks the seed's protocol only, so that {@link ChatClient} can connect
 * to it, or it is not a chat server. Only the first connection of a {@link SessionClient} fails
 * with this; on a later one the same counts as a network failure. Any thread may read it.
 */
public final class NoSessionsException extends ChatException {

  private final ServerAddress server;

  NoSessionsException(ServerAddress server, String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
    this.server = server;
  }

  /** The server. */
  public ServerAddress server() {
    return server;
  }
}
