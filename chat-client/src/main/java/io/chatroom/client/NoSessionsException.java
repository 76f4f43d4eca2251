package io.chatroom.client;

import org.jspecify.annotations.Nullable;

/**
 * The server began no session: it ended the connection before it answered in any way, or said
 * nothing, or what is no session's. It speaks the seed's protocol only, and {@link ChatClient} can
 * talk with it, or is no chat server. The first connection of a {@link SessionClient} may end so, a
 * later one does not: then it is taken for a failure of the network. Any thread may read it.
 */
public final class NoSessionsException extends ChatException {

  private final ServerAddress server;

  NoSessionsException(ServerAddress server, String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
    this.server = server;
  }

  /** Who it is about. */
  public ServerAddress server() {
    return server;
  }
}
