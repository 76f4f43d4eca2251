package io.chatroom.client.chat;

import io.chatroom.client.ChatClient;
import io.chatroom.client.Ending;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** A connection, reduced to what a conversation needs. */
interface Link {

  /** Sends a message; see {@link io.chatroom.client.ChatClient#send}. */
  CompletableFuture<Void> send(String text);

  /** The number of acknowledged messages; see {@link ChatClient#acknowledged}. */
  OptionalLong acknowledged();

  /** Completes at its end; see {@link io.chatroom.client.ChatClient#closed}. */
  CompletableFuture<Ending> closed();

  /** Begins to leave in order, without waiting; {@link #closed()} completes when that is done. */
  void leave();
}
