package io.chatroom.server.session;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.names.Denial;
import io.chatroom.server.room.Kind;
import io.chatroom.server.room.Member;
import io.chatroom.server.room.Presence;
import io.chatroom.server.room.Seat;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rooms of one session: how it comes into them and out of them, what it says there, and what of
 * that is not answered yet. Belongs to the session's event loop.
 */
final class Places {

  private static final String MEMBER = "member";
  private static final String OP = "op";

  private final Shared shared;
  private final Member member;
  private final Kind kind;
  private final Replies replies;
  private final Listings listings;
  private final Runnable answered;

  /** By the key of the room's name. */
  private final Map<String, Place> places = new LinkedHashMap<>();

  private int leaving;

  /**
   * @param member as what the rooms know the session
   * @param kind what it gets in rooms
   * @param answered called when something that was said has got its answer
   */
  Places(
      Shared shared,
      Member member,
      Kind kind,
      Replies replies,
      Listings listings,
      Runnable answered) {
    this.shared = shared;
    this.member = member;
    this.kind = kind;
    this.replies = replies;
    this.listings = listings;
    this.answered = answered;
  }

  // ---- in and out

  /**
   * Joins a room.
   *
   * @param q null where a hello asks for it
   */
  void join(Identity who, @Nullable String q, FromClient.Wish wish) {
    RoomName asked = wish.room();
    Place present = places.get(asked.key());
    int most = shared.terms().maxRooms();
    if (present != null && present.isLeaving()) {
      replies.refuse(q, asked, Code.BUSY, "The session is leaving this room, join it again then.");
    } else if (present != null) {
      long newest = present.presence().newest().seq();
      replies.say(joined(who, q, present, newest, present.presence().oldest(), null));
    } else if (places.size() >= most) {
      String text = "A session may be in " + most + " rooms, leave one first.";
      replies.refuse(q, asked, Code.TOO_MANY_ROOMS, text);
    } else if (isOneRoomTooMany(asked)) {
      String text =
          "There are as many rooms as this server keeps, "
              + shared.terms().maxAllRooms()
              + "; join one of them.";
      replies.refuse(q, asked, Code.TOO_MANY_ROOMS, text);
    } else if (shared.rooms().isClosing()) {
      replies.refuse(q, asked, Code.UNAVAILABLE, "The server is about to stop.");
    } else {
      Denial denial = shared.people().mayJoin(who.person(), asked);
      if (denial != null) {
        replies.refuse(q, asked, denial);
      } else {
        enter(who, q, wish);
      }
    }
  }

  /** Sessions that make rooms in the same moment may make one each. */
  private boolean isOneRoomTooMany(RoomName asked) {
    return shared.rooms().size() >= shared.terms().maxAllRooms()
        && !shared.rooms().contains(asked.key());
  }

  private void enter(Identity who, @Nullable String q, FromClient.Wish wish) {
    RoomName room = RoomName.of(wish.room().key());
    Presence presence = shared.rooms().join(room.key(), member, kind, who.nameFrame());
    Position end = presence.seat().joinedAfter();
    long first = Math.min(presence.oldest(), end.seq() + 1);
    Start start = Start.of(room, wish.after(), wish.last(), end, first);
    Place place = new Place(room, presence, end.epoch(), start.position());
    places.put(room.key(), place);
    if (presence.seat().isFirst() && !room.equals(shared.terms().seedRoom())) {
      shared.people().founds(who.person(), room);
    }
    replies.say(joined(who, q, place, end.seq(), first, start.resume()));
    if (start.gap() != null) {
      replies.say(start.gap());
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
    return new FromServer.Joined(
        q,
        place.room(),
        place.epoch(),
        newest,
        Math.min(first, newest + 1),
        presence.members(),
        listings.unlessCrowded(presence),
        presence.topic(),
        null,
        shared.people().isOp(who.person(), place.room()) ? OP : MEMBER,
        resume);
  }

  void leave(FromClient.Leave leave) {
    Place place = find(leave.q(), leave.room());
    if (place == null) {
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
    place.presence().leave();
    replies.say(new FromServer.Left(q, place.room()));
  }

  /** Leaves a room without a word, whatever waits there; null if it is not in it. */
  @Nullable Place putOut(RoomName room) {
    Place place = places.remove(room.key());
    if (place != null) {
      leaving -= place.isLeaving() ? 1 : 0;
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

  /** Answers that it is not in a room, where that is so. */
  @Nullable Place find(@Nullable String q, RoomName room) {
    Place place = places.get(room.key());
    if (place == null || place.isLeaving()) {
      replies.refuse(q, Code.NOT_JOINED, joinFirst(room));
      return null;
    }
    return place;
  }

  private static String joinFirst(RoomName room) {
    return "Join " + room.text() + " first.";
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
    Place place = places.get(post.room().key());
    if (place == null || place.isLeaving()) {
      replies.refusePost(post.id(), Code.NOT_JOINED, joinFirst(post.room()));
      return false;
    }
    String trouble = place.trouble();
    if (trouble != null) {
      replies.refusePost(post.id(), Code.UNAVAILABLE, trouble);
      return false;
    }
    long replyTo = post.replyTo() == null ? 0 : post.replyTo();
    Denial denial = shared.people().mayTalk(who.person(), place.room());
    if (denial != null) {
      replies.refusePost(post.id(), denial);
      return false;
    }
    Post logged = new Post(who.client(), post.id(), replyTo, who.person().owned());
    byte[] frame = Encoder.frame(post.text());
    place.asks(logged);
    if (place.presence().post(Unpooled.wrappedBuffer(frame), logged)) {
      return true;
    }
    place.answers(logged.id()); // the server stops: it is not taken, and not answered
    return false;
  }

  void topic(Identity who, FromClient.Topic topic) {
    Place place = find(topic.q(), topic.room());
    if (place == null) {
      return;
    }
    String trouble = place.trouble();
    Denial denial = shared.people().maySetTopic(who.person(), place.room());
    if (denial != null) {
      replies.refuse(topic.q(), denial);
    } else if (trouble != null) {
      replies.refuse(topic.q(), Code.UNAVAILABLE, trouble);
    } else {
      place.asksForEvent();
      RoomEvent event = new RoomEvent(RoomEvent.TOPIC, who.name(), null, topic.text());
      if (!place.presence().happens(event)) {
        place.answersEvent();
      }
    }
  }

  /**
   * Takes a message back.
   *
   * @param kept what the room's log has at that number; null if it has nothing
   */
  void delete(Identity who, Place place, FromClient.Delete delete, @Nullable Message kept) {
    String trouble = place.trouble();
    Denial denial = kept == null ? nothingToDelete(place, delete) : mayDelete(who, place, kept);
    if (denial != null) {
      replies.refuse(delete.q(), denial);
    } else if (trouble != null) {
      replies.refuse(delete.q(), Code.UNAVAILABLE, trouble);
    } else {
      place.asksForEvent();
      if (!place.presence().happens(RoomEvent.deleted(who.name(), delete.seq()))) {
        place.answersEvent();
      }
    }
  }

  private @Nullable Denial mayDelete(Identity who, Place place, Message kept) {
    if (kept.detail() instanceof RoomEvent) {
      String text = "What stands at " + kept.seq() + " is an event, only messages can be deleted.";
      return Denial.of(Code.BAD_REQUEST, text);
    }
    boolean owned = kept.detail() instanceof Post post && post.owned();
    Denial denial = shared.people().mayDelete(who.person(), place.room(), kept.from(), owned);
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

  /** What it says in a room is not taken for now; false if that is known. */
  boolean unavailable(String room, Refusal why) {
    Place place = places.get(room);
    if (place == null || place.trouble() != null) {
      return false;
    }
    place.trouble(
        why == Refusal.FULL
            ? "The server's disk is full, try again later."
            : "The server cannot store messages for now, try again later.");
    return true;
  }

  /** What it says is taken again. */
  void available() {
    places.values().forEach(place -> place.trouble(null));
  }

  /** An answer that has its place in a room's order is on its way to the client. */
  void isAnswered(RoomName room, FromServer answer) {
    Place place = places.get(room.key());
    if (place == null) {
      return;
    }
    if (answer instanceof FromServer.Ack ack) {
      place.answers(ack.id());
    } else {
      place.answersEvent();
    }
    answered.run();
  }

  /** A post of it was in the room before. */
  void repeated(String room, Post post, long seq, long atMillis) {
    Place place = places.get(room);
    if (place != null && place.answers(post.id())) {
      replies.say(new FromServer.Ack(post.id(), place.room(), seq, atMillis, true));
      answered.run();
    }
  }

  /** A post of it has the id of another one. */
  void reused(String room, Post post) {
    Place place = places.get(room);
    if (place != null && place.answers(post.id())) {
      replies.refusePost(
          post.id(), Code.ID_REUSED, "This id belongs to another post of this client.");
      answered.run();
    }
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
