package io.chatroom.server.log.store;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Facts in a store. The store's writer stores them among messages, in the order of the calls. A
 * change is tried only once. If it fails, it is given up and the caller knows at once, so that
 * nothing piles up. Callbacks of a change run on the storing thread and must return soon.
 */
final class StoredFacts implements Facts {

  /** The owner of the facts. */
  interface Keeper {

    /** Reads facts. */
    List<Fact> facts(String kind, String after, int limit) throws IOException;

    /** Stores facts, all or none. */
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
