package io.chatroom.server.session;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.Do;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.Detail;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.names.Denial;
import io.chatroom.server.names.Owner;
import io.chatroom.server.names.Pair;
import io.chatroom.server.names.PrivateRooms;
import io.chatroom.server.room.Kind;
import io.chatroom.server.room.Member;
import io.chatroom.server.room.Presence;
import io.chatroom.server.room.RoomSummary;
import io.chatroom.server.room.Rooms;
import io.chatroom.server.room.Seat;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rooms of one session: how it comes into them and out of them, what it says there, and what of
 * that is not answered yet. Belongs to the session's event loop.
 */
final class Places {

  private static final String MEMBER = "member";
  private static final String OP = "op";
  private static final String CANNOT_STORE =
      "The server cannot store messages for now, try again later.";

  private static final String CANNOT_KEEP =
      "The server's database does not take this text, change it.";

  private final Shared shared;
  private final Member member;
  private final Kinds kinds;
  private final Replies replies;
  private final Listings listings;
  private final Runnable answered;

  /** By what the session calls the room. */
  private final Map<String, Place> places = new LinkedHashMap<>();

  private int privates;
  private int leaving;

  /**
   * Joins that were refused for now, by what the session calls the room: the newest, as many as it
   * may join.
   */
  private Map<String, Refused> refused = Map.of();

  /** A join that was refused for now, and not asked for again. */
  private static final class Refused {

    private final FromClient.Wish wish;

    /** Whether the room has come as far as the client has heard it; null while nothing asks. */
    private @Nullable CompletableFuture<Void> reach;

    Refused(FromClient.Wish wish) {
      this.wish = wish;
    }
  }

  /**
   * @param member as what the rooms know the session
   * @param kinds what it is in rooms
   * @param answered called when something that was said has got its answer
   */
  Places(
      Shared shared,
      Member member,
      Kinds kinds,
      Replies replies,
      Listings listings,
      Runnable answered) {
    this.shared = shared;
    this.member = member;
    this.kinds = kinds;
    this.replies = replies;
    this.listings = listings;
    this.answered = answered;
  }

  // ---- what has to be known first

  /** What has to be known of a room before the session comes into it; null if nothing. */
  @Nullable CompletionStage<Void> needs(Identity who, RoomName room) {
    if (!room.isPrivate()) {
      return places.containsKey(room.key()) || isFull() ? null : shared.rooms().prepare(room.key());
    }
    Pair pair = shared.people().privateRooms().pair(who.owner(), room);
    return pair == null ? null : needs(room, pair);
  }

  /** The same of a private room. */
  @Nullable CompletionStage<Void> needs(Identity who, Pair pair) {
    return needs(pair.seenBy(ownerIn(who)), pair);
  }

  private @Nullable CompletionStage<Void> needs(RoomName room, Pair pair) {
    Place place = places.get(room.key());
    if (place != null && place.key().equals(pair.key())) {
      return null;
    }
    CompletionStage<Void> needed = shared.rooms().prepare(pair.key());
    return needed == null ? needsRefused(room, pair.key()) : needed;
  }

  /** What it needs to begin where a join wanted to that was refused. */
  private @Nullable CompletionStage<Void> needsRefused(RoomName room, String key) {
    Refused join = refused.get(room.key());
    io.chatroom.protocol.session.Position after = join == null ? null : join.wish.after();
    if (join == null || after == null) {
      return null;
    }
    CompletableFuture<Void> reach = join.reach;
    if (reach == null || reach.isCompletedExceptionally()) {
      CompletionStage<Void> asked =
          shared.rooms().reach(key, new Position(after.epoch(), after.seq()));
      reach = asked == null ? null : asked.toCompletableFuture();
      join.reach = reach;
    }
    return reach == null || (reach.isDone() && !reach.isCompletedExceptionally()) ? null : reach;
  }

  /**
   * What has to come of a known room before the session goes on behind a place that it has heard of
   * at another server; null if nothing.
   */
  @Nullable CompletionStage<Void> needs(
      Identity who, RoomName room, io.chatroom.protocol.session.Position after) {
    if (places.containsKey(room.key())) {
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

  /** The same of all these rooms, and of the private ones. */
  @Nullable CompletionStage<Void> needs(Identity who, List<RoomSummary> all) {
    List<CompletableFuture<Void>> needed = new ArrayList<>();
    if (all.size() <= shared.terms().maxRooms()) {
      all.forEach(room -> add(needed, shared.rooms().prepare(room.name())));
    }
    Owner owner = who.owner();
    if (owner != null) {
      privateRooms(owner).forEach(pair -> add(needed, needs(who, pair)));
    }
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

  // ---- joins that were refused

  /**
   * Refuses a join. Where its client asks again, so it does with what it has said behind that: this
   * is refused for now, too. A private room that it hears without asking begins where it wanted to.
   *
   * @param q null where a hello asks for it
   */
  void refuse(@Nullable String q, FromClient.Wish wish, Denial why) {
    String key = wish.room().key();
    forgetRefused(key);
    if (why.code().act() == Do.RETRY) {
      if (refused.isEmpty()) {
        refused = new LinkedHashMap<>();
      }
      refused.put(key, new Refused(wish));
      if (refused.size() > shared.terms().maxRooms()) {
        refused.remove(refused.keySet().iterator().next());
      }
    }
    replies.refuse(q, wish.room(), why);
  }

  private void forgetRefused(String key) {
    if (!refused.isEmpty()) {
      refused.remove(key);
    }
  }

  private Denial notJoined(RoomName room) {
    return refused.containsKey(room.key())
        ? Denial.of(Code.UNAVAILABLE, "Your join of this room was refused for now, try again.")
        : Denial.of(Code.NOT_JOINED, "Join " + room.text() + " first.");
  }

  // ---- in and out

  /**
   * Joins a room.
   *
   * @param q null where a hello asks for it
   */
  void join(Identity who, @Nullable String q, FromClient.Wish wish) {
    RoomName asked = wish.room();
    Pair pair = null;
    if (asked.isPrivate()) {
      pair = pair(who, asked, denial -> refuse(q, wish, denial));
      if (pair == null) {
        return;
      }
    }
    Place present = places.get(asked.key());
    if (present != null && present.isLeaving()) {
      String text = "The session is leaving this room, join it again then.";
      refuse(q, wish, Denial.of(Code.BUSY, text));
    } else if (present != null) {
      long newest = present.presence().newest().seq();
      replies.say(joined(who, q, present, newest, present.presence().oldest(), null));
    } else {
      Denial denial = mayEnter(who, asked, pair);
      if (denial != null) {
        refuse(q, wish, denial);
      } else {
        enter(who, q, wish, pair, Long.MAX_VALUE);
      }
    }
  }

  /** The two who have a private room; null if it is refused. */
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

  /** A name that has another owner now stands for another room. */
  private void leaveIfAnother(RoomName room, Pair pair) {
    Place place = places.get(room.key());
    if (place != null && !place.key().equals(pair.key())) {
      leaving -= place.isLeaving() ? 1 : 0;
      leave(place, place.leavesFor());
    }
  }

  private @Nullable Denial mayEnter(Identity who, RoomName room, @Nullable Pair pair) {
    Terms terms = shared.terms();
    if (shared.rooms().isClosing()) {
      return Denial.of(Code.UNAVAILABLE, "The server is about to stop.");
    } else if (pair == null && isFull()) {
      return tooMany(terms.maxRooms() + " rooms");
    } else if (isOneTooMany(room, pair)) {
      return Denial.of(
          Code.TOO_MANY_ROOMS,
          "There are as many rooms as this server keeps, "
              + terms.maxAllRooms()
              + "; join one of them.");
    }
    Denial denial = pair == null ? shared.people().mayJoin(who.person(), room) : null;
    if (denial == null && !shared.rooms().contains(pair == null ? room.key() : pair.key())) {
      denial = shared.people().mayMake(who.person(), room);
    }
    return denial == null && pair != null && !hasSpaceForPrivate()
        ? tooMany(terms.maxPrivateRooms() + " private rooms")
        : denial;
  }

  private boolean isFull() {
    return places.size() - privates >= shared.terms().maxRooms();
  }

  /**
   * There may be as many private rooms as others. Sessions that make rooms in the same moment may
   * make one each.
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

  /** Where there are as many as may be, the one goes in which nothing was said for longest. */
  private boolean hasSpaceForPrivate() {
    if (privates < shared.terms().maxPrivateRooms()) {
      return true;
    }
    Place quietest = null;
    for (Place place : places.values()) {
      if (place.pair() != null
          && !place.isLeaving()
          && !place.waitsForAnswers()
          && (quietest == null || said(place) < said(quietest))) {
        quietest = place;
      }
    }
    if (quietest != null) {
      leave(quietest, null);
    }
    return quietest != null;
  }

  private long said(Place place) {
    return shared.correspondence().said(place.key());
  }

  /**
   * Comes into a room.
   *
   * @param pair whose it is; null if it is not private
   * @param from it wants everything behind this number, where it does not say anything else
   */
  private Place enter(
      Identity who, @Nullable String q, FromClient.Wish wish, @Nullable Pair pair, long from) {
    RoomName room = pair == null ? RoomName.of(wish.room().key()) : pair.seenBy(ownerIn(who));
    String key = pair == null ? room.key() : pair.key();
    Presence presence = shared.rooms().join(key, member, kind(who, pair), who.nameFrame());
    Position end = presence.seat().joinedAfter();
    Position known = from < end.seq() ? new Position(end.epoch(), from) : end;
    long first = Math.min(presence.oldest(), known.seq() + 1);
    Start start = Start.of(room, wish.after(), wish.last(), known, first);
    Place place = new Place(room, pair, presence, end.epoch(), start.position());
    places.put(room.key(), place);
    forgetRefused(room.key());
    privates += pair == null ? 0 : 1;
    if (pair == null && presence.seat().isFirst() && !room.equals(shared.terms().seedRoom())) {
      shared.people().founds(who.person(), room);
    }
    if (kinds.hears()) {
      replies.say(joined(who, q, place, known.seq(), first, start.resume()));
      if (start.gap() != null) {
        replies.say(start.gap());
      }
    }
    return place;
  }

  /** Comes into a private room without a join; behind where one wanted to go on, if one did. */
  private Place enterUnasked(Identity who, Pair pair, long from) {
    RoomName room = pair.seenBy(ownerIn(who));
    Refused join = refused.get(room.key());
    return join == null || join.wish.after() == null
        ? enter(who, null, new FromClient.Wish(room, null, null), pair, from)
        : enter(who, null, join.wish, pair, Long.MAX_VALUE);
  }

  // ---- visits

  /**
   * Comes into a room that is not private, without a word.
   *
   * @param makes whether it is made if it is not there
   * @return why not; null if it is there
   */
  @Nullable Denial visit(Identity who, RoomName room, boolean makes) {
    Denial denial = makes ? null : mayVisit(room);
    if (denial == null) {
      denial = mayEnter(who, room, null);
    }
    if (denial == null) {
      enter(who, null, new FromClient.Wish(room, null, null), null, Long.MAX_VALUE);
    }
    return denial;
  }

  /**
   * Comes into a room to hear it, if it is there.
   *
   * @param before runs once it is known that it may
   * @return why not; null if it is there
   */
  @Nullable Denial follow(Identity who, FromClient.Join join, Runnable before) {
    RoomName room = join.room();
    Pair pair = null;
    Denial denial = null;
    if (room.isPrivate()) {
      Denial[] refused = new Denial[1];
      pair = pair(who, room, why -> refused[0] = why);
      denial = refused[0];
    }
    if (denial == null) {
      denial = mayVisit(room);
    }
    if (denial == null) {
      denial = mayEnter(who, room, pair);
    }
    if (denial == null) {
      before.run();
      FromClient.Wish wish = new FromClient.Wish(room, join.after(), join.last());
      enter(who, join.q(), wish, pair, Long.MAX_VALUE);
    }
    return denial;
  }

  /** Whether there is a room that can be visited; null if so. */
  @Nullable Denial mayVisit(RoomName room) {
    return room.isPrivate() || shared.rooms().contains(room.key())
        ? null
        : Denial.of(Code.NO_ROOM, "There is no room " + room.text() + "; a post makes it.");
  }

  /** Finds the rooms that are not private: one more than it may be in, if there is one. */
  CompletionStage<List<RoomSummary>> list() {
    return shared.rooms().list("", shared.terms().maxRooms() + 1);
  }

  /**
   * The same of all rooms that it may come into, and its private ones; null if it is there.
   *
   * @param all as {@link #list} has found them
   */
  @Nullable Denial visitAll(Identity who, List<RoomSummary> all) {
    int most = shared.terms().maxRooms();
    if (all.size() > most) {
      return Denial.of(
          Code.BAD_REQUEST, "There are more than " + most + " rooms, say which one to search.");
    }
    for (RoomSummary summary : all) {
      RoomName room = RoomName.of(summary.name());
      if (mayEnter(who, room, null) == null) {
        enter(who, null, new FromClient.Wish(room, null, null), null, Long.MAX_VALUE);
      }
    }
    if (who.owner() != null) {
      privateRooms(who.owner()).forEach(pair -> hear(who, pair, Long.MAX_VALUE));
    }
    return null;
  }

  /** Where it is in a room; null if it is not there. */
  @Nullable Position position(RoomName room) {
    Place place = places.get(room.key());
    return place == null ? null : new Position(place.epoch(), place.head());
  }

  private Kind kind(Identity who, @Nullable Pair pair) {
    return pair == null
        ? kinds.open()
        : pair.isFirst(ownerIn(who)) ? kinds.first() : kinds.second();
  }

  /** One who is in a private room owns its name. */
  private static Owner ownerIn(Identity who) {
    return Objects.requireNonNull(who.owner(), "who owns no name has no private rooms");
  }

  /** What has to be known before {@link #privateRooms} knows them all; null if nothing. */
  @Nullable CompletionStage<Void> needs(Owner owner) {
    return shared.correspondence().needs(owner);
  }

  /** Those private rooms in which something was said last, as many as it may come into. */
  List<Pair> privateRooms(Owner owner) {
    return shared.correspondence().newest(owner, shared.terms().maxPrivateRooms() - privates);
  }

  /**
   * Something is about to be said in a private room of its name, and it hears it.
   *
   * @param from where the room's order ends before that
   */
  void hear(Identity who, Pair pair, long from) {
    RoomName room = pair.seenBy(ownerIn(who));
    Pair now = shared.people().privateRooms().pair(who.owner(), room);
    if (now == null || !now.key().equals(pair.key())) {
      return; // the name has another owner by now
    }
    leaveIfAnother(room, pair);
    if (!places.containsKey(room.key()) && mayEnter(who, room, pair) == null) {
      enterUnasked(who, pair, from);
    }
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

  void leave(FromClient.Leave leave) {
    Place place = places.get(leave.room().key());
    if (place == null || place.isLeaving()) {
      replies.refuse(leave.q(), notJoined(leave.room()));
      forgetRefused(leave.room().key());
      return;
    }
    if (place.waitsForAnswers()) {
      place.leaveWhenAnswered(leave.q()); // what it said and asked is answered before
      leaving++;
    } else {
      leave(place, leave.q());
    }
  }

  private void leave(Place place, @Nullable String q) {
    places.remove(place.room().key());
    privates -= place.pair() == null ? 0 : 1;
    place.presence().leave();
    replies.say(new FromServer.Left(q, place.room()));
  }

  /** Leaves a room without a word, whatever waits there; null if it is not in it. */
  @Nullable Place putOut(RoomName room) {
    Place place = places.remove(room.key());
    if (place != null) {
      leaving -= place.isLeaving() ? 1 : 0;
      privates -= place.pair() == null ? 0 : 1;
      place.presence().leave();
    }
    return place;
  }

  /** Leaves those rooms that it wants to leave and that have answered it. */
  void leaveAnswered() {
    if (leaving == 0) {
      return;
    }
    for (Place place : List.copyOf(places.values())) {
      if (place.isLeaving() && !place.waitsForAnswers()) {
        leaving--;
        leave(place, place.leavesFor());
      }
    }
  }

  void leaveAll() {
    List<Place> left = all();
    places.clear();
    privates = 0;
    leaving = 0;
    left.forEach(place -> place.presence().leave());
  }

  /** Whether it leaves one as soon as that has answered it. */
  boolean areLeaving() {
    return leaving > 0;
  }

  // ---- which there are

  boolean areEmpty() {
    return places.isEmpty();
  }

  List<Place> all() {
    return List.copyOf(places.values());
  }

  /** Whether it is in a room still. */
  boolean has(Place place) {
    return places.get(place.room().key()) == place;
  }

  /** Whether it may be told what is said in a room: it is there, or may come in. */
  boolean mayKnow(Identity who, RoomName room) {
    return places.containsKey(room.key()) || shared.people().mayJoin(who.person(), room) == null;
  }

  /** Its place in a room; a private one needs no join. Answers why not, where it has none. */
  @Nullable Place find(Identity who, @Nullable String q, RoomName room) {
    return find(who, room, denial -> replies.refuse(q, denial));
  }

  /**
   * The same.
   *
   * @param refuse answers why it has none
   */
  @Nullable Place find(Identity who, RoomName room, Consumer<Denial> refuse) {
    Pair pair = null;
    if (room.isPrivate()) {
      pair = pair(who, room, refuse);
      if (pair == null) {
        return null;
      }
    }
    Place place = places.get(room.key());
    if (place == null && pair != null) {
      Denial denial = mayEnter(who, room, pair);
      if (denial != null) {
        refuse.accept(denial);
        return null;
      }
      return enterUnasked(who, pair, Long.MAX_VALUE);
    }
    if (place == null || place.isLeaving()) {
      refuse.accept(notJoined(room));
      return null;
    }
    return place;
  }

  /** Its place in a room that the server calls so; null if it has none. */
  private @Nullable Place byKey(String key) {
    if (!RoomLog.isPrivate(key)) {
      return places.get(key);
    }
    for (Place place : places.values()) {
      if (place.key().equals(key)) {
        return place;
      }
    }
    return null;
  }

  /** What the session calls a room that the server calls so; null if it is not there. */
  @Nullable RoomName seen(String key) {
    Place place = byKey(key);
    return place == null ? null : place.room();
  }

  /** What an owner calls a room that the server calls so; null if it is another pair's. */
  static @Nullable RoomName seen(Owner owner, String key) {
    if (!RoomLog.isPrivate(key)) {
      return RoomName.of(key);
    }
    Pair pair = Pair.ofKey(key);
    return pair == null || !pair.has(owner) ? null : pair.seenBy(owner);
  }

  @Nullable Place of(Seat seat) {
    for (Place place : places.values()) {
      if (place.presence().seat() == seat) {
        return place;
      }
    }
    return null;
  }

  /** Up to where it has been given each. */
  Map<RoomName, Long> heads() {
    Map<RoomName, Long> heads = new LinkedHashMap<>();
    places.values().forEach(place -> heads.put(place.room(), place.head()));
    return heads;
  }

  /** Whether it has not been given all of one. */
  boolean lag() {
    return places.values().stream().anyMatch(place -> place.presence().lags());
  }

  // ---- what it says, and the answers to that

  /** Posts; false if that is not taken. */
  boolean post(Identity who, FromClient.Post post) {
    Place place = find(who, post.room(), denial -> replies.refusePost(post.id(), denial));
    if (place == null) {
      return false;
    }
    String trouble = place.trouble();
    if (trouble == null && !kinds.hears() && place.presence().isRefusing()) {
      trouble = CANNOT_STORE; // it was not there when that was told
    }
    if (trouble != null) {
      replies.refusePost(post.id(), Code.UNAVAILABLE, trouble);
      return false;
    }
    long replyTo = post.replyTo() == null ? 0 : post.replyTo();
    Denial denial = mayTalk(who, place);
    if (denial == null) {
      denial = shared.people().mayTalk(who.person(), place.room());
    }
    if (denial != null) {
      replies.refusePost(post.id(), denial);
      return false;
    }
    says(place);
    boolean owned = shared.people().speaksAsOwner(who.person(), who.owner());
    Post logged = new Post(who.client(), post.id(), replyTo, owned);
    byte[] frame = Encoder.frame(post.text());
    place.asks(logged);
    if (place.presence().post(Unpooled.wrappedBuffer(frame), logged)) {
      return true;
    }
    place.answers(logged.id()); // the server stops: it is not taken, and not answered
    return false;
  }

  /** Whether the other of two wants to hear it. */
  private @Nullable Denial mayTalk(Identity who, Place place) {
    return place.pair() == null
        ? null
        : shared.people().privateRooms().mayTalk(ownerIn(who), place.pair());
  }

  /** Sees to it that all sessions of the two hear what comes. */
  private void says(Place place) {
    if (place.pair() != null) {
      shared.correspondence().says(place.pair(), place.presence().newest().seq());
    }
  }

  void topic(Identity who, FromClient.Topic topic) {
    Place place = find(who, topic.q(), topic.room());
    if (place == null) {
      return;
    }
    String trouble = place.trouble();
    Denial denial = mayTalk(who, place);
    if (denial == null) {
      denial = shared.people().maySetTopic(who.person(), place.room());
    }
    if (denial != null) {
      replies.refuse(topic.q(), denial);
    } else if (trouble != null) {
      replies.refuse(topic.q(), Code.UNAVAILABLE, trouble);
    } else {
      says(place);
      place.asksForEvent(topic.q());
      RoomEvent event = new RoomEvent(RoomEvent.TOPIC, who.name(), null, topic.text());
      if (!place.presence().happens(event)) {
        place.takesBackEvent(topic.q());
      }
    }
  }

  /**
   * Takes a message back.
   *
   * @param kept what the room's log has at that number; null if it has nothing
   */
  void delete(Identity who, Place place, FromClient.Delete delete, @Nullable Message kept) {
    if (kept == null) {
      replies.refuse(delete.q(), nothingToDelete(place, delete));
      return;
    }
    String trouble = place.trouble();
    Denial denial = mayDelete(who, place, kept);
    if (denial != null) {
      replies.refuse(delete.q(), denial);
    } else if (trouble != null) {
      replies.refuse(delete.q(), Code.UNAVAILABLE, trouble);
    } else {
      says(place);
      place.asksForEvent(delete.q());
      if (place.presence().happens(RoomEvent.deleted(who.name(), delete.seq()))) {
        shared.people().deletes(who.person(), place.room(), kept.from(), delete.seq());
      } else {
        place.takesBackEvent(delete.q());
      }
    }
  }

  private @Nullable Denial mayDelete(Identity who, Place place, Message kept) {
    if (kept.detail() instanceof RoomEvent) {
      String text = "What stands at " + kept.seq() + " is an event, only messages can be deleted.";
      return Denial.of(Code.BAD_REQUEST, text);
    }
    boolean owned = kept.detail() instanceof Post post && post.owned();
    Denial denial =
        shared.people().mayDelete(who.person(), place.room(), kept.from(), owned, kept.atMillis());
    if (denial == null && kept.isDeleted()) {
      return Denial.of(Code.BAD_REQUEST, "Message " + kept.seq() + " is deleted already.");
    }
    return denial;
  }

  private static Denial nothingToDelete(Place place, FromClient.Delete delete) {
    String room = place.room().text();
    return Denial.of(
        Code.BAD_REQUEST,
        delete.seq() > place.presence().newest().seq()
            ? room + " has no message " + delete.seq() + " yet."
            : "Message " + delete.seq() + " of " + room + " is not kept any more.");
  }

  /**
   * What it says in a room is not taken for now, and nobody knows when what it has said there will
   * be safe: its client is told to ask again.
   *
   * @return false if that is known
   */
  boolean unavailable(String room, Refusal why) {
    Place place = byKey(room);
    if (place == null || place.trouble() != null) {
      return false;
    }
    String trouble =
        why == Refusal.FULL ? "The server's disk is full, try again later." : CANNOT_STORE;
    place.trouble(trouble);
    place.giveUp().forEach(id -> replies.refusePost(id, Code.UNAVAILABLE, trouble));
    answered.run();
    return true;
  }

  /** What it says is taken again. */
  void available() {
    places.values().forEach(place -> place.trouble(null));
  }

  /**
   * An answer that has its place in a room's order is about to go to the client.
   *
   * @return false if it does not, as that post was refused before: the client gets the message
   */
  boolean isAnswered(RoomName room, FromServer answer) {
    Place place = places.get(room.key());
    if (place == null) {
      return true;
    }
    if (!(answer instanceof FromServer.Ack ack)) {
      place.answersEvent();
    } else if (!place.answers(ack.id())) {
      return false;
    }
    answered.run();
    return true;
  }

  /** A post of it was in the room before. */
  void repeated(String room, Post post, long seq, long atMillis) {
    Place place = byKey(room);
    if (place != null && place.answers(post.id())) {
      replies.say(new FromServer.Ack(post.id(), place.room(), seq, atMillis, true));
      answered.run();
    }
  }

  /** A post of it has the id of another one. */
  void reused(String room, Post post) {
    Place place = byKey(room);
    if (place != null && place.answers(post.id())) {
      replies.refusePost(
          post.id(),
          Code.ID_REUSED,
          "This id belongs to another post of this client, choose another id.");
      answered.run();
    }
  }

  /** Something that it said can never be stored, whatever its client does. */
  void rejected(String room, @Nullable Detail detail) {
    Place place = byKey(room);
    if (place == null) {
      return;
    }
    if (!(detail instanceof Post post)) {
      replies.refuse(place.answersEvent(), Code.BAD_REQUEST, CANNOT_KEEP);
    } else if (place.answers(post.id())) {
      replies.refusePost(post.id(), Code.BAD_REQUEST, CANNOT_KEEP);
    }
    answered.run();
  }

  /** How much of what it said waits for an answer. */
  int questions() {
    int waiting = 0;
    for (Place place : places.values()) {
      waiting += place.questions();
    }
    return waiting;
  }

  boolean waitForAnswers() {
    return places.values().stream().anyMatch(Place::waitsForAnswers);
  }
}
