package io.chatroom.server.log.store;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Facts in a store. Its one writer stores them in the order in which they came, among what is said.
 * A change that cannot be stored at its first try is given up, and never waits for better times: so
 * nothing piles up, and who asked knows at once. What depends on a change is done by the thread
 * that stores, and must return soon.
 */
final class StoredFacts implements Facts {

  /** Whose they are. */
  interface Keeper {

    /** Reads some. */
    List<Fact> facts(String kind, String after, int limit) throws IOException;

    /** Stores some, all or none. */
    void add(List<Fact> changes, CompletableFuture<Void> done);
  }

  private final Keeper keeper;

  StoredFacts(Keeper keeper) {
    this.keeper = keeper;
  }

  @Override
  public List<Fact> read(String kind, String after, int limit) throws IOException {
    return keeper.facts(kind, after, limit);
  }

  @Override
  public CompletionStage<Void> change(List<Fact> changes) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    keeper.add(List.copyOf(changes), done);
    return done.minimalCompletionStage();
  }
}
