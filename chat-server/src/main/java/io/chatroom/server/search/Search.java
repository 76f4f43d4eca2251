package io.chatroom.server.search;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Finds messages. Every kind understands the same {@link Query} and keeps the same contract, which
 * {@code SearchContract} tests. Thread-safe.
 */
public interface Search extends AutoCloseable {

  /**
   * Searches, the newest messages first. From a place on it finds what is older than the hit of
   * that place, whatever was said since.
   *
   * @param rooms where: those that the asker may read
   * @param place of the hit behind which to go on; null to begin with the newest
   * @param limit how many at most, from 1 on
   * @param bytes about how many bytes their texts have at most; one is found whatever it has
   * @return completed on any thread
   * @throws IllegalArgumentException if the place is none
   */
  CompletionStage<Found> find(
      Query query, List<Searched> rooms, @Nullable String place, int limit, long bytes);

  @Override
  void close();
}
