package io.chatroom.client.chat;

import io.chatroom.client.ServerAddress;
import io.chatroom.protocol.ChatMessage;
import java.util.concurrent.CompletableFuture;

/** Makes connections. */
interface Dialer {

  /** Receives the messages of one connection, on its thread. */
  interface Listener {

    void received(ChatMessage message);

    /** No more messages for the moment. */
    void pause();
  }

  /**
   * Looks up the server's name and joins, without blocking.
   *
   * @return the connection, or a failure whose message is one sentence for people
   */
  CompletableFuture<Link> dial(ServerAddress server, String name, Listener listener);
}
