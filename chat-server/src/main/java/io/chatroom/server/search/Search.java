package io.chatroom.server.search;

import java.util.concurrent.CompletionStage;

/**
 * Searches messages. All implementations support the same {@link Query}, and {@code SearchContract}
 * tests them all. Thread-safe.
 */
public interface Search extends AutoCloseable {

  /**
   * Searches, from the newest messages on. With a cursor, it finds messages that are older than the
   * cursor's hit, regardless of newer messages.
   *
   * @return completes on any thread
   */
  CompletionStage<Found> find(Wanted wanted);

  @Override
  void close();
}
