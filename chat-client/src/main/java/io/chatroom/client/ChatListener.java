package io.chatroom.client;

import io.chatroom.protocol.ChatMessage;

/**
 * Receives the messages of the others in the room.
 *
 * <p>All calls for one client come on that client's own thread, one after the other, in the order
 * of the room. While a listener is busy, nothing is read, TCP holds the server back, and other
 * connections are not affected; but this client sends nothing either, so a listener must not wait
 * for a future of {@link ChatClient#send}. A server may skip messages for a client that stays slow,
 * or disconnect it.
 *
 * <p>An exception of a listener ends the connection; {@link ChatClient#closed()} then fails with it
 * as the cause. A bug that silently loses messages would be worse.
 */
@FunctionalInterface
public interface ChatListener {

  /**
   * A message was sent. Name and text are as a stranger wrote them: see {@link
   * io.chatroom.protocol.VisibleText} before either reaches a terminal or a log.
   *
   * @param client the client that received it, for an answer: {@code client.send("hello")}
   * @param message the sender's name and the text
   */
  void onMessage(ChatClient client, ChatMessage message);

  /**
   * All messages that arrived together have been delivered, and none is waiting for the moment: the
   * time to flush output. Does nothing unless overridden.
   */
  default void onPause() {}
}
