package io.chatroom.server.web;

import io.chatroom.server.front.Newcomer;
import java.util.Map;

/** Answers a request. Belongs to the event loop of its connection. */
public interface Responder {

  /** Answers, once. If the connection has ended, the answer is dropped. */
  void answer(Answer answer);

  /**
   * Answers with a stream that ends with the connection: sends status 200 and the headers; the
   * caller sends the rest.
   *
   * @param headers the answer's own, names in lower case
   */
  Stream stream(Map<String, String> headers);

  /**
   * Runs a task when the connection has ended without an answer, or when a stream has ended for any
   * reason; on its event loop, and at once if that has happened already. Replaces an earlier task.
   */
  void whenGone(Runnable task);

  /** The connection of the request: its channel, address, and outlet. */
  Newcomer connection();
}
