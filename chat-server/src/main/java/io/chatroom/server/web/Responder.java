package io.chatroom.server.web;

import io.chatroom.server.front.Newcomer;
import java.util.Map;

/** The way back to whom a request came from. Belongs to the event loop of its connection. */
public interface Responder {

  /** Answers, once. If the connection has gone, the answer is dropped. */
  void answer(Answer answer);

  /**
   * Answers by a stream that ends with the connection: says 200 and the headers, and what follows
   * is up to the caller.
   *
   * @param headers the answer's own, names in lower case
   */
  Stream stream(Map<String, String> headers);

  /**
   * Runs a task once the connection has gone before it was answered, or behind a stream whatever
   * ended that; on its event loop, and at once if that is so already. Takes the place of a task
   * given before.
   */
  void whenGone(Runnable task);

  /** Where the request came from: its channel, address, and outlet. */
  Newcomer connection();
}
