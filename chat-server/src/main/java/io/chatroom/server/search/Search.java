package io.chatroom.server.search;

import java.util.concurrent.CompletionStage;

/**
 * Searches messages. All implementations support the same {@link Query} and have the same contract,
 * which {@code SearchContract} tests. Thread-safe.
 */
public interface Search extends AutoCloseable {

  /**
   * Searches, the newest messages first. With a cursor it finds messages older than the cursor's
   * hit, regardless of newer messages.
   *
   * @return completes on any thread
   */
  CompletionStage<Found> find(Wanted wanted);

  @Override
  void close();
}
