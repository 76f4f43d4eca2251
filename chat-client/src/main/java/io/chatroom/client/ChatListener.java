package io.chatroom.client;

import io.chatroom.protocol.ChatMessage;

/**
 * Hears what the others in the room say.
 *
 * <p>All calls for one client come on that client's own thread, one after the other, in the order
 * of the room. A listener may take its time: while it does, nothing more is read, TCP holds the
 * server back, and no other connection notices; but nothing is sent by this client either, so a
 * listener must not wait for a future of {@link ChatClient#send}. A server may skip messages for a
 * client, or close it, when it stays slow for long.
 *
 * <p>What a listener throws ends the connection; {@link ChatClient#closed()} then fails with it as
 * the cause. A bug that silently loses messages would be worse.
 */
@FunctionalInterface
public interface ChatListener {

  /**
   * Somebody said something. Name and text are as a stranger wrote them: see {@link
   * io.chatroom.protocol.VisibleText} before either reaches a terminal or a log.
   *
   * @param client the client that heard it, for an answer: {@code client.send("hello")}
   * @param message who said it and what
   */
  void onMessage(ChatClient client, ChatMessage message);

  /**
   * Called when all messages that arrived together have been handed over, and no more is waiting
   * for the moment: the time to flush output. Does nothing unless overridden.
   */
  default void onPause() {}
}
