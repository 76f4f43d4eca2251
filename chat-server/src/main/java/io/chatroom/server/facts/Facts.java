package io.chatroom.server.facts;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps facts. Every kind of it has the same contract, which {@code FactsContract} tests; those
 * that several servers share have one more, {@code SharedFactsContract}. Thread-safe.
 */
public interface Facts {

  /** How many facts are in memory at once for who is told all. */
  int PAGE = 1_000;

  /** Whether other servers change them, too. */
  default boolean areShared() {
    return false;
  }

  /**
   * Reads facts of one kind, in the order of their keys (by code point). May block: not for event
   * loops.
   *
   * @param after only those with a greater key; empty for all
   * @param limit how many at most, from 1 on
   * @throws IOException if they cannot be read; the message is one sentence for people
   */
  List<Fact> read(String kind, String after, int limit) throws IOException;

  /**
   * Tells all facts of one kind, in the order of their keys, before it returns; and from then on
   * each that another server has changed, in the order of the changes. What this server changes is
   * not told. Called once for each kind, by the class that reads and writes it.
   *
   * @param told called by the caller and later by one other thread: must return soon, and not wait
   *     for facts
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
   * Sees to it that all is told that other servers have changed before this.
   *
   * @return null if there are no other servers; else completed on any thread when that is so, and
   *     failed if it cannot be for now
   */
  default @Nullable CompletionStage<Void> catchUp() {
    return null;
  }

  /**
   * Remembers facts, all of them or none. A later fact replaces an earlier one with the same kind
   * and key. Changes take effect in the order in which they were asked for.
   *
   * <p>Who asks has decided by what it knew. Where another server has changed facts of a kind that
   * is followed, and this server had not been told of that yet, nothing changes: it is told, and
   * then the change fails with a {@link ConflictException}, so that who asked can decide anew. Who
   * learns with a lock held what others have changed, and calls this with the same lock held until
   * it waits for the result, learns all in order.
   *
   * @return completed, on any thread, when they are as safe as this server makes them; with an
   *     {@link IOException} whose message is one sentence for people if they were not kept, or if
   *     that is not known: then they may be told later, as if another server had changed them
   */
  CompletionStage<Void> change(List<Fact> changes);

  /**
   * The same for what is right whatever other servers have changed: the last of them holds, and
   * there are no conflicts.
   */
  default CompletionStage<Void> put(List<Fact> changes) {
    return change(changes);
  }
}
