package io.chatroom.server.names;

import java.util.concurrent.CompletionStage;

/**
 * The names of guests on all servers: only one client at a time has a name. Thread-safe; requests
 * are performed in order.
 */
public interface NamesElsewhere {

  /**
   * Takes a name for this server, unless another client has it on another server.
   *
   * @param key equal for names that are the same to a reader
   * @param client identifies the client without revealing its secret
   * @return completes, on any thread, with true if this server has the name now; with an {@link
   *     java.io.IOException} if the answer is unknown, and then it has not
   */
  CompletionStage<Boolean> take(String key, String client);

  /** Releases a name of this server. */
  void giveBack(String key);
}
