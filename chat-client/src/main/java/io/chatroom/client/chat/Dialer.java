package io.chatroom.client.chat;

import io.chatroom.client.ServerAddress;
import io.chatroom.protocol.ChatMessage;
import java.util.concurrent.CompletableFuture;

/** Makes connections. */
interface Dialer {

  /** Hears what comes over one connection, on that connection's thread. */
  interface Ear {

    void heard(ChatMessage message);

    /** No more for the moment. */
    void pause();
  }

  /**
   * Looks the server's name up and joins, without making the caller wait.
   *
   * @return the connection, or a failure whose message is one sentence for people
   */
  CompletableFuture<Link> dial(ServerAddress server, String name, Ear ear);
}
