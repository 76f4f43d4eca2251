package io.chatroom.server.session;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.Position;
import io.chatroom.server.names.Denial;
import io.chatroom.server.names.Owner;
import io.chatroom.server.names.Pair;
import io.chatroom.server.names.PrivateRooms;
import io.chatroom.server.room.Kind;
import io.chatroom.server.room.Member;
import io.chatroom.server.room.Presence;
import io.chatroom.server.room.RoomSummary;
import io.chatroom.server.room.Rooms;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Joins one session to rooms: on request, for a visit, and to private rooms without a request.
 * Belongs to the session's event loop.
 */
final class Joins {

  private static final String MEMBER = "member";
  private static final String OP = "op";

  /** The session has all messages up to the end of the room's order. */
  private static final long FROM_END = Long.MAX_VALUE;

  private final Shared shared;
  private final Member member;
  private final Kinds kinds;
  private final Replies replies;
  private final Listings listings;
  private final Places places;
  private final RefusedJoins refused;

  /**
   * @param member the session as a member of rooms
   * @param kinds the kind of member that it is
   */
  Joins(
      Shared shared,
      Member member,
      Kinds kinds,
      Replies replies,
      Listings listings,
      Places places,
      RefusedJoins refused) {
    this.shared = shared;
    this.member = member;
    this.kinds = kinds;
    this.replies = replies;
    this.listings = listings;
    this.places = places;
    this.refused = refused;
  }

  // ---- requests

  /**
   * Answers a join.
   *
   * @param q null if the join is part of a hello
   */
  void join(Identity who, @Nullable String q, FromClient.Wish wish) {
    RoomName asked = wish.room();
    Pair pair = null;
    if (asked.isPrivate()) {
      pair = pair(who, asked, denial -> refused.refuse(q, wish, denial));
      if (pair == null) {
        return;
      }
    }
    Place present = places.get(asked);
    if (present != null && present.isLeaving()) {
      String text = "The session is still leaving this room, join it again once it has left.";
      refused.refuse(q, wish, Denial.of(Code.BUSY, text));
    } else if (present != null) {
      long newest = present.presence().newest().seq();
      replies.send(joined(who, q, present, newest, present.presence().oldest(), null));
    } else {
      Denial denial = mayEnter(who, asked, pair);
      if (denial != null) {
        refused.refuse(q, wish, denial);
      } else {
        enter(who, q, wish, pair, FROM_END);
      }
    }
  }

  /** Answers a leave, once all earlier requests in the room are answered. */
  void leave(FromClient.Leave leave) {
    Place place = places.get(leave.room());
    if (place == null || place.isLeaving()) {
      replies.refuse(leave.q(), refused.notJoined(leave.room()));
      refused.forget(leave.room());
    } else {
      places.leaveWhenAnswered(place, leave.q());
    }
  }

  /**
   * The place in a room, for a request that concerns it. Joins a private room if necessary; refuses
   * the request if there is no place.
   */
  @Nullable Place find(Identity who, @Nullable String q, RoomName room) {
    return find(who, room, denial -> replies.refuse(q, denial));
  }

  /**
   * The same, with another way to refuse.
   *
   * @param refuse called with the reason if there is no place
   */
  @Nullable Place find(Identity who, RoomName room, Consumer<Denial> refuse) {
    Pair pair = null;
    if (room.isPrivate()) {
      pair = pair(who, room, refuse);
      if (pair == null) {
        return null;
      }
    }
    Place place = places.get(room);
    if (place == null && pair != null) {
      Denial denial = mayEnter(who, room, pair);
      if (denial != null) {
        refuse.accept(denial);
        return null;
      }
      return enterUnasked(who, pair, FROM_END);
    }
    if (place == null || place.isLeaving()) {
      refuse.accept(refused.notJoined(room));
      return null;
    }
    return place;
  }

  // ---- private rooms without a request

  /** The private rooms with the latest messages, at most as many as the session may still join. */
  List<Pair> privateRooms(Owner owner) {
    return shared.correspondence().newest(owner, places.freePrivates());
  }

  /**
   * Joins a private room of the session's owner without a request, because there are or will be
   * messages for it.
   *
   * @param from the session must receive all messages after this sequence number
   */
  void joinUnasked(Identity who, Pair pair, long from) {
    RoomName room = pair.seenBy(who.requireOwner());
    Pair now = shared.people().privateRooms().pair(who.owner(), room);
    if (now == null || !now.key().equals(pair.key())) {
      return; // the name has another owner by now
    }
    leaveIfAnother(room, pair);
    if (!places.contains(room) && mayEnter(who, room, pair) == null) {
      enterUnasked(who, pair, from);
    }
  }

  private Place enterUnasked(Identity who, Pair pair, long from) {
    RoomName room = pair.seenBy(who.requireOwner());
    FromClient.Wish wish = refused.resuming(room);
    return wish == null
        ? enter(who, null, new FromClient.Wish(room, null, null), pair, from)
        : enter(who, null, wish, pair, FROM_END);
  }

  // ---- visits

  /**
   * Joins a room that is not private, without an answer.
   *
   * @param makes true to create the room if it does not exist
   * @return the reason if it cannot be joined, else null
   */
  @Nullable Denial visit(Identity who, RoomName room, boolean makes) {
    Denial denial = makes ? null : exists(room);
    if (denial == null) {
      denial = mayEnter(who, room, null);
    }
    if (denial == null) {
      enter(who, null, new FromClient.Wish(room, null, null), null, FROM_END);
    }
    return denial;
  }

  /**
   * Joins an existing room to receive its messages.
   *
   * @param before runs before anything is sent, and only if the room can be joined
   * @return the reason if it cannot be joined, else null
   */
  @Nullable Denial follow(Identity who, FromClient.Join join, Runnable before) {
    RoomName room = join.room();
    Pair pair = null;
    Denial denial = null;
    if (room.isPrivate()) {
      Denial[] why = new Denial[1];
      pair = pair(who, room, it -> why[0] = it);
      denial = why[0];
    }
    if (denial == null) {
      denial = exists(room);
    }
    if (denial == null) {
      denial = mayEnter(who, room, pair);
    }
    if (denial == null) {
      before.run();
      enter(who, join.q(), Requests.wishOf(join), pair, FROM_END);
    }
    return denial;
  }

  /** The reason if a visitor cannot use a room because it does not exist, else null. */
  private @Nullable Denial exists(RoomName room) {
    return room.isPrivate() || shared.rooms().contains(room.key())
        ? null
        : Denial.of(Code.NO_ROOM, "There is no room " + room.text() + "; a post creates it.");
  }

  /** Lists the rooms that are not private, up to one more than a session may join. */
  CompletionStage<List<RoomSummary>> list() {
    return shared.rooms().list("", shared.terms().maxRooms() + 1);
  }

  /**
   * Joins all rooms that the visitor may join, and its private ones, without an answer.
   *
   * @param all the result of {@link #list}
   * @return the reason if there are too many rooms, else null
   */
  @Nullable Denial visitAll(Identity who, List<RoomSummary> all) {
    int most = shared.terms().maxRooms();
    if (all.size() > most) {
      return Denial.of(
          Code.BAD_REQUEST, "There are more than " + most + " rooms, name the one to search.");
    }
    for (RoomSummary summary : all) {
      RoomName room = RoomName.of(summary.name());
      if (mayEnter(who, room, null) == null) {
        enter(who, null, new FromClient.Wish(room, null, null), null, FROM_END);
      }
    }
    if (who.owner() != null) {
      privateRooms(who.owner()).forEach(pair -> joinUnasked(who, pair, FROM_END));
    }
    return null;
  }

  // ---- permission

  /** True if the session may know the content of a room: it is there, or may join. */
  boolean mayKnow(Identity who, RoomName room) {
    return places.contains(room) || shared.people().mayJoin(who.person(), room) == null;
  }

  /** The pair of a private room; null if the request is refused. */
  private @Nullable Pair pair(Identity who, RoomName room, Consumer<Denial> refuse) {
    PrivateRooms rooms = shared.people().privateRooms();
    Pair pair = rooms.pair(who.owner(), room);
    if (pair == null) {
      Denial denial = rooms.mayEnter(who.owner(), room);
      refuse.accept(denial == null ? Denial.of(Code.NO_ROOM, "There is no such room.") : denial);
      return null;
    }
    leaveIfAnother(room, pair);
    return pair;
  }

  /** Once the other name has a new owner, the same name stands for another private room. */
  private void leaveIfAnother(RoomName room, Pair pair) {
    Place place = places.get(room);
    if (place != null && !place.key().equals(pair.key())) {
      places.leave(place, place.leavesFor());
    }
  }

  /**
   * The reason if the session may not join a room, else null. May leave a quiet private room to
   * make room for another one.
   *
   * @param pair null if the room is not private
   */
  private @Nullable Denial mayEnter(Identity who, RoomName room, @Nullable Pair pair) {
    Terms terms = shared.terms();
    if (shared.rooms().isClosing()) {
      return Denial.of(Code.UNAVAILABLE, "The server is about to stop.");
    } else if (pair == null && places.areFull()) {
      return tooMany(terms.maxRooms() + " rooms");
    } else if (isOneTooMany(room, pair)) {
      return Denial.of(
          Code.TOO_MANY_ROOMS,
          "This server has its maximum of " + terms.maxAllRooms() + " rooms, join one of them.");
    }
    Denial denial = pair == null ? shared.people().mayJoin(who.person(), room) : null;
    if (denial == null && !shared.rooms().contains(pair == null ? room.key() : pair.key())) {
      denial = shared.people().mayMake(who.person(), room);
    }
    return denial == null && pair != null && !hasSpaceForPrivate()
        ? tooMany(terms.maxPrivateRooms() + " private rooms")
        : denial;
  }

  /**
   * True if the room does not exist and the server has the maximum number of rooms. Private rooms
   * have a maximum of their own, of the same size. Sessions that join at the same moment can exceed
   * it by one room each.
   */
  private boolean isOneTooMany(RoomName room, @Nullable Pair pair) {
    Rooms rooms = shared.rooms();
    return rooms.count(pair != null) >= shared.terms().maxAllRooms()
        && !rooms.contains(pair == null ? room.key() : pair.key());
  }

  private static Denial tooMany(String rooms) {
    return Denial.of(
        Code.TOO_MANY_ROOMS, "A session may be in " + rooms + " at once, leave one first.");
  }

  /** Leaves the private room that has been quiet for longest if there is no space for another. */
  private boolean hasSpaceForPrivate() {
    if (places.freePrivates() > 0) {
      return true;
    }
    Place quietest = null;
    for (Place place : places.all()) {
      if (place.pair() != null
          && !place.isLeaving()
          && !place.waitsForAnswers()
          && (quietest == null || lastUse(place) < lastUse(quietest))) {
        quietest = place;
      }
    }
    if (quietest != null) {
      places.leave(quietest, null);
    }
    return quietest != null;
  }

  private long lastUse(Place place) {
    return shared.correspondence().lastPost(place.key());
  }

  // ---- joining

  /**
   * Joins a room, and tells the client if it receives the room's messages.
   *
   * @param pair null if the room is not private
   * @param from unless the wish names a position, the session receives all messages after this
   */
  private Place enter(
      Identity who, @Nullable String q, FromClient.Wish wish, @Nullable Pair pair, long from) {
    RoomName room = pair == null ? RoomName.of(wish.room().key()) : pair.seenBy(who.requireOwner());
    String key = pair == null ? room.key() : pair.key();
    Presence presence = shared.rooms().join(key, member, kind(who, pair), who.nameFrame());
    Position end = presence.seat().joinedAfter();
    Position known = from < end.seq() ? new Position(end.epoch(), from) : end;
    long first = Math.min(presence.oldest(), known.seq() + 1);
    Start start = Start.of(room, wish.after(), wish.last(), known, first);
    Place place = new Place(room, pair, presence, end.epoch(), start.position());
    places.add(place);
    refused.forget(room);
    if (pair == null && presence.seat().isFirst() && !room.equals(shared.terms().seedRoom())) {
      shared.people().founds(who.person(), room);
    }
    if (kinds.receives()) {
      replies.send(joined(who, q, place, known.seq(), first, start.resume()));
      if (start.gap() != null) {
        replies.send(start.gap());
      }
    }
    return place;
  }

  private Kind kind(Identity who, @Nullable Pair pair) {
    return pair == null
        ? kinds.open()
        : pair.isFirst(who.requireOwner()) ? kinds.first() : kinds.second();
  }

  private FromServer.Joined joined(
      Identity who,
      @Nullable String q,
      Place place,
      long newest,
      long first,
      FromServer.@Nullable Resume resume) {
    Presence presence = place.presence();
    Owner owner = who.owner();
    return new FromServer.Joined(
        q,
        place.room(),
        place.epoch(),
        newest,
        Math.min(first, newest + 1),
        place.pair() == null ? presence.members() : Listings.names(place.pair()).size(),
        place.pair() == null ? listings.unlessCrowded(presence) : Listings.names(place.pair()),
        presence.topic(),
        owner == null ? null : shared.people().marks().mark(owner, place.key(), place.epoch()),
        shared.people().isOp(who.person(), place.room()) ? OP : MEMBER,
        resume);
  }
}
