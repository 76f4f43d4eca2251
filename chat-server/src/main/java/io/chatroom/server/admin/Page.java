package io.chatroom.server.admin;

import java.util.concurrent.CompletionStage;

/** Something that can be looked at. */
@FunctionalInterface
public interface Page {

  /**
   * How it is now. Called from the endpoint's only thread, which it must not block.
   *
   * @param accept what the request accepts, as HTTP's header of that name; empty if it says nothing
   * @return done within a few seconds, on whichever thread
   */
  CompletionStage<Reply> look(String accept);
}
