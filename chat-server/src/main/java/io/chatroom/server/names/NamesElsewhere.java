package io.chatroom.server.names;

import java.util.concurrent.CompletionStage;

/**
 * Which names guests have on other servers: one client has a name at a time, on all of them.
 * Thread-safe; what is asked for is done in that order.
 */
public interface NamesElsewhere {

  /**
   * Takes a name for this server, unless another client has it on another one.
   *
   * @param key two names that are one to a reader have the same
   * @param client which client, so that nobody can tell its secret
   * @return completed, on any thread, with whether it is taken; with an {@link java.io.IOException}
   *     if that is not known, and then it is not
   */
  CompletionStage<Boolean> take(String key, String client);

  /** Nobody has it on this server any more. */
  void giveBack(String key);
}
