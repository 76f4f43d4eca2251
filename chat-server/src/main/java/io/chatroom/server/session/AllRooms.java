package io.chatroom.server.session;

import io.chatroom.server.names.Denial;
import io.chatroom.server.names.Owner;
import io.chatroom.server.room.RoomSummary;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Waits until all rooms that a visitor may join are known and loaded: first lists them, then
 * prepares each. Belongs to the session's event loop.
 */
final class AllRooms implements Steps.Need {

  private final Joins joins;
  private final Prerequisites prerequisites;
  private final Identity who;
  private volatile @Nullable List<RoomSummary> found;
  private boolean asked;

  AllRooms(Joins joins, Prerequisites prerequisites, Identity who) {
    this.joins = joins;
    this.prerequisites = prerequisites;
    this.who = who;
  }

  @Override
  public @Nullable CompletionStage<?> next() {
    Owner owner = who.owner();
    if (!asked && owner != null) {
      asked = true;
      CompletionStage<Void> needed = prerequisites.ofPrivateRooms(owner);
      if (needed != null) {
        return needed;
      }
    }
    List<RoomSummary> all = found;
    if (all == null) {
      CompletableFuture<List<RoomSummary>> listed = joins.list().toCompletableFuture();
      if (!listed.isDone() || listed.isCompletedExceptionally()) {
        return listed.thenAccept(rooms -> found = rooms);
      }
      all = listed.join();
      found = all;
    }
    return prerequisites.of(who, all, owner == null ? List.of() : joins.privateRooms(owner));
  }

  /** Joins them; returns the reason if that is refused, else null. */
  @Nullable Denial visit() {
    return joins.visitAll(who, found == null ? List.of() : found);
  }
}
