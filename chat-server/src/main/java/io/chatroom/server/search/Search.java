package io.chatroom.server.search;

import java.util.concurrent.CompletionStage;

/**
 * Finds messages. Every kind understands the same {@link Query} and keeps the same contract, which
 * {@code SearchContract} tests. Thread-safe.
 */
public interface Search extends AutoCloseable {

  /**
   * Searches, the newest messages first. From a place on it finds what is older than the hit of
   * that place, whatever was said since.
   *
   * @return completed on any thread
   */
  CompletionStage<Found> find(Wanted wanted);

  @Override
  void close();
}
