package io.chatroom.server.web;

/** Answers the requests of one route. Thread-safe, as all event loops call it. */
@FunctionalInterface
public interface Endpoint {

  /**
   * Answers a complete request, now or later. Called on the event loop of its connection, which it
   * must not block. Until the answer, nothing more is read from the connection.
   *
   * @param request the request; its body is valid until this returns, unless it is retained
   * @param to takes one answer, on the same event loop
   */
  void answer(Request request, Responder to);
}
