package io.chatroom.client;

/**
 * The server ended the connection before it answered in any way: it speaks the seed's protocol
 * only, and {@link ChatClient} can talk with it. The first connection of a {@link SessionClient}
 * may end so, a later one does not: then it is taken for a failure of the network. Any thread may
 * read it.
 */
public final class NoSessionsException extends ChatException {

  private final ServerAddress server;

  NoSessionsException(ServerAddress server, String shownServer) {
    super(
        shownServer
            + " ended the connection instead of beginning a session: it speaks the seed's protocol"
            + " only, or is no chat server");
    this.server = server;
  }

  /** Who it is about. */
  public ServerAddress server() {
    return server;
  }
}
