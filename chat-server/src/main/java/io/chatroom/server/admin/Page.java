package io.chatroom.server.admin;

import java.util.concurrent.CompletionStage;

/** A page of the endpoint. */
@FunctionalInterface
public interface Page {

  /**
   * Its present content. Called on the endpoint's only thread, which it must not block.
   *
   * @param accept the request's {@code Accept} header; empty if it has none
   * @return completes within a few seconds, on any thread
   */
  CompletionStage<Reply> look(String accept);
}
