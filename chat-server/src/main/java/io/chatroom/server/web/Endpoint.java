package io.chatroom.server.web;

/** Answers the requests of one route. Thread-safe, as every event loop asks it. */
@FunctionalInterface
public interface Endpoint {

  /**
   * Answers a request, all of which has come. Called on the event loop of its connection, which
   * must not be blocked; the answer may be given later. Until it is, nothing more is read of the
   * connection.
   *
   * @param request its body is there until this returns, unless it is retained
   * @param to takes one answer, on the same event loop
   */
  void answer(Request request, Responder to);
}
