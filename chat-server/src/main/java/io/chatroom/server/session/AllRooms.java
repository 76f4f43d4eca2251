package io.chatroom.server.session;

import io.chatroom.server.names.Denial;
import io.chatroom.server.names.Owner;
import io.chatroom.server.room.RoomSummary;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** All rooms that a visitor may come into: first which there are, then each. */
final class AllRooms implements Steps.Need {

  private final Places places;
  private final Identity who;
  private volatile @Nullable List<RoomSummary> found;
  private boolean asked;

  AllRooms(Places places, Identity who) {
    this.places = places;
    this.who = who;
  }

  @Override
  public @Nullable CompletionStage<?> next() {
    Owner owner = who.owner();
    if (!asked && owner != null) {
      asked = true;
      CompletionStage<Void> needed = places.needs(owner);
      if (needed != null) {
        return needed;
      }
    }
    List<RoomSummary> all = found;
    if (all == null) {
      CompletableFuture<List<RoomSummary>> listed = places.list().toCompletableFuture();
      if (!listed.isDone() || listed.isCompletedExceptionally()) {
        return listed.thenAccept(rooms -> found = rooms);
      }
      all = listed.join();
      found = all;
    }
    return places.needs(who, all);
  }

  /** Comes into them; why not, or null. */
  @Nullable Denial visit() {
    return places.visitAll(who, found == null ? List.of() : found);
  }
}
