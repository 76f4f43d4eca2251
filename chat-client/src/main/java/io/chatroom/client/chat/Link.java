package io.chatroom.client.chat;

import io.chatroom.client.ChatClient;
import io.chatroom.client.Ending;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** One connection, as much of it as a conversation needs. */
interface Link {

  /** Says something; see {@link io.chatroom.client.ChatClient#send}. */
  CompletableFuture<Void> send(String text);

  /** How many of those have arrived at its system; see {@link ChatClient#acknowledged}. */
  OptionalLong acknowledged();

  /** How it ends; see {@link io.chatroom.client.ChatClient#closed}. */
  CompletableFuture<Ending> closed();

  /** Begins to leave in order, and does not wait: {@link #closed()} tells when that is done. */
  void leave();
}
