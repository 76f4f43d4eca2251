package io.chatroom.server.facts;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stores facts. All implementations have the same contract, which {@code FactsContract} tests;
 * those shared by several servers have a further one, {@code SharedFactsContract}. Thread-safe.
 */
public interface Facts {

  /** Number of facts that are in memory at once while all are read. */
  int PAGE = 1_000;

  /** Returns true if other servers change facts, too. */
  default boolean areShared() {
    return false;
  }

  /**
   * Reads facts of one kind, in the order of their keys (by code point). Can block; must not be
   * called from an event loop.
   *
   * @param after only those with a greater key; empty for all
   * @param limit maximum number of facts, at least 1
   * @throws IOException if they cannot be read; the message is one sentence for people
   */
  List<Fact> read(String kind, String after, int limit) throws IOException;

  /**
   * Passes all facts of one kind to a listener, in the order of their keys, before it returns.
   * After that it passes each change of another server, in order; changes of this server are not
   * passed. Called once for each kind, by the class that reads and writes it.
   *
   * @param told the listener, called on the caller's thread and later on one other; must return
   *     soon, and must not wait for facts
   * @throws IOException if they cannot be read; the message is one sentence for people
   */
  default void follow(String kind, Consumer<Fact> told) throws IOException {
    String after = "";
    for (List<Fact> page = read(kind, after, PAGE);
        !page.isEmpty();
        page = read(kind, after, PAGE)) {
      page.forEach(told);
      after = page.get(page.size() - 1).key();
    }
  }

  /**
   * Waits until all earlier changes of other servers have been passed to the listeners.
   *
   * @return null if there are no other servers; else completes on any thread when that is done, or
   *     fails if it is impossible for now
   */
  default @Nullable CompletionStage<Void> catchUp() {
    return null;
  }

  /**
   * Stores facts, all of them or none. A later fact replaces an earlier one with the same kind and
   * key. Changes take effect in the order of the calls.
   *
   * <p>The caller has decided from the facts that it knew. If another server has changed facts of a
   * followed kind and this server did not know that yet, nothing is stored: the listener gets the
   * change, and then this change fails with a {@link ConflictException}, so that the caller can
   * decide again. A caller that holds the same lock in its listener and in calls of this method
   * sees all changes in order.
   *
   * @return completes, on any thread, when they are as safe as this server makes them; fails with
   *     an {@link IOException} whose message is one sentence for people if they were not stored, or
   *     if that is unknown: then they can be passed to the listener later, like changes of another
   *     server
   */
  CompletionStage<Void> change(List<Fact> changes);

  /**
   * Like {@link #change}, for facts that do not depend on changes of other servers: the last change
   * wins, and there are no conflicts.
   */
  default CompletionStage<Void> put(List<Fact> changes) {
    return change(changes);
  }
}
