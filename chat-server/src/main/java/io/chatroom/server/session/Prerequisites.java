package io.chatroom.server.session;

import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.Position;
import io.chatroom.server.names.Owner;
import io.chatroom.server.names.Pair;
import io.chatroom.server.room.RoomSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one session must wait for before it takes a request: rooms that must be loaded, or that must
 * first receive messages from another server. Every method returns null if there is nothing to wait
 * for. Belongs to the session's event loop.
 */
final class Prerequisites {

  private final Shared shared;
  private final Places places;
  private final RefusedJoins refused;

  Prerequisites(Shared shared, Places places, RefusedJoins refused) {
    this.shared = shared;
    this.places = places;
    this.refused = refused;
  }

  /**
   * Before any request: only private rooms need something, as other rooms are joined first.
   *
   * @param who null before the hello
   */
  @Nullable CompletionStage<?> of(@Nullable Identity who, FromClient request) {
    RoomName room = Requests.roomOf(request);
    return room != null && room.isPrivate() ? of(who, request, room) : null;
  }

  /**
   * Before a request that concerns a room of any kind.
   *
   * @param who null before the hello
   */
  @Nullable CompletionStage<?> of(
      @Nullable Identity who, FromClient request, @Nullable RoomName room) {
    return room == null || who == null || shared.people().mayAsk(who.person(), request) != null
        ? null
        : of(who, room);
  }

  /** Before a join: the room must be loaded, and must have reached the client's position. */
  Steps.Need ofJoin(Supplier<@Nullable Identity> identity, FromClient.Join join) {
    return new Steps.Then(
        () -> of(identity.get(), join, join.room()), () -> toResume(identity.get(), join));
  }

  /** Before joining a room: it must be loaded. */
  private @Nullable CompletionStage<Void> of(Identity who, RoomName room) {
    if (!room.isPrivate()) {
      return places.contains(room) || places.areFull() ? null : shared.rooms().prepare(room.key());
    }
    Pair pair = shared.people().privateRooms().pair(who.owner(), room);
    return pair == null ? null : of(room, pair);
  }

  /** Before joining a private room. */
  @Nullable CompletionStage<Void> of(Identity who, Pair pair) {
    return of(pair.seenBy(who.requireOwner()), pair);
  }

  private @Nullable CompletionStage<Void> of(RoomName room, Pair pair) {
    Place place = places.get(room);
    if (place != null && place.key().equals(pair.key())) {
      return null;
    }
    CompletionStage<Void> needed = shared.rooms().prepare(pair.key());
    return needed == null
        ? refused.needs(
            room, to -> shared.rooms().reach(pair.key(), new Position(to.epoch(), to.seq())))
        : needed;
  }

  /**
   * Before resuming in a loaded room: it must have reached the client's position, which another
   * server may have given it.
   */
  private @Nullable CompletionStage<Void> toResume(@Nullable Identity who, FromClient.Join join) {
    RoomName room = join.room();
    io.chatroom.protocol.session.Position after = join.after();
    if (who == null || after == null || places.contains(room)) {
      return null;
    }
    String key = room.key();
    if (room.isPrivate()) {
      Pair pair = shared.people().privateRooms().pair(who.owner(), room);
      if (pair == null) {
        return null;
      }
      key = pair.key();
    }
    return shared.rooms().reach(key, new Position(after.epoch(), after.seq()));
  }

  /** Before using the list of an owner's private rooms. */
  @Nullable CompletionStage<Void> ofPrivateRooms(Owner owner) {
    return shared.correspondence().needs(owner);
  }

  /**
   * Before joining all of these rooms, and some private ones.
   *
   * @param all the rooms that are not private
   */
  @Nullable CompletionStage<Void> of(Identity who, List<RoomSummary> all, List<Pair> privateRooms) {
    List<CompletableFuture<Void>> needed = new ArrayList<>();
    if (all.size() <= shared.terms().maxRooms()) {
      all.forEach(room -> add(needed, shared.rooms().prepare(room.name())));
    }
    privateRooms.forEach(pair -> add(needed, of(who, pair)));
    return needed.isEmpty()
        ? null
        : CompletableFuture.allOf(needed.toArray(CompletableFuture<?>[]::new));
  }

  private static void add(
      List<CompletableFuture<Void>> needed, @Nullable CompletionStage<Void> one) {
    if (one != null) {
      needed.add(one.toCompletableFuture());
    }
  }
}
