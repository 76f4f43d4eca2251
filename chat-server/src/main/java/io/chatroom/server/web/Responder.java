package io.chatroom.server.web;

import io.chatroom.server.front.Newcomer;
import java.util.Map;

/** Answers a request. Belongs to the event loop of its connection. */
public interface Responder {

  /** Sends the answer; only the first call counts. Drops it if the connection has ended. */
  void answer(Answer answer);

  /**
   * Answers with a stream that lasts until the connection ends: sends status 200 and the headers;
   * the caller sends the rest.
   *
   * @param headers the answer's own headers, names in lower case
   */
  Stream stream(Map<String, String> headers);

  /**
   * Sets the task to run when the connection has ended without an answer, or when a stream has
   * ended for any reason. Runs it on the connection's event loop, at once if that has happened
   * already. Replaces an earlier task.
   */
  void whenGone(Runnable task);

  /** The connection of the request: its channel, address, and outlet. */
  Newcomer connection();
}
