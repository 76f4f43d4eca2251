package io.chatroom.server.session;

import io.chatroom.protocol.LengthHeader;
import io.chatroom.protocol.session.BadObjectException;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.room.Placed;
import io.chatroom.server.room.Presence;
import io.chatroom.server.room.RoomSummary;
import io.chatroom.server.room.Seat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One client's session: takes what it says, one object after the other, and answers it. What
 * happens in its rooms reaches its client without passing here, but for the answers to its own
 * posts. All methods belong to its event loop.
 */
public final class Session {

  private static final int MAX_MEMBERS_TOLD = 200;

  /** A server that stops spreads the return of its clients over so much time. */
  private static final long LATEST_MILLIS = 5_500;

  private static final long SOONEST_MILLIS = 500;

  private enum State {
    /** No hello has been accepted yet. */
    NEW,
    LIVE,
    /** The client has said all it wants: what was accepted is still answered. */
    LEAVING,
    ENDED
  }

  private final Sessions all;
  private final Wire wire;

  /** By the key of the room's name. */
  private final Map<String, Place> places = new LinkedHashMap<>();

  private final Pages pages;
  private State state = State.NEW;
  private String name = "";
  private String client = "";
  private byte[] nameFrame = {};
  private boolean stopping;
  private boolean full;

  Session(Sessions all, Wire wire) {
    this.all = all;
    this.wire = wire;
    this.pages = new Pages(this, all.reads(), all.terms());
  }

  Wire wire() {
    return wire;
  }

  /** Its name; empty until its hello was accepted. */
  public String name() {
    return name;
  }

  // ---- what the client says

  /** Takes the next object of the client. */
  public void hear(FromClient object) {
    if (state == State.LEAVING || state == State.ENDED || stopping) {
      return; // it has said that this does not come, or it asks again where it goes from here
    }
    if (object instanceof FromClient.Bye) {
      leaveWhenAnswered();
    } else if (object instanceof FromClient.Ping ping) {
      say(new FromServer.Pong(ping.q(), heads()));
    } else if (state == State.NEW) {
      if (object instanceof FromClient.Hello hello) {
        welcome(hello);
      } else {
        refuseRequest(object, Code.BAD_REQUEST, "Say hello first.");
      }
    } else {
      answer(object);
    }
    waitIfFull();
  }

  /** Answers what is no object of the protocol. */
  public void refuse(BadObjectException bad) {
    if (state == State.LEAVING || state == State.ENDED || stopping) {
      return;
    }
    if (bad.answer() instanceof FromServer.Bye bye) {
      end(bye);
    } else {
      say(bad.answer());
    }
  }

  /** The client has ended its stream: what it said before is still answered. */
  public void inputEnded() {
    if (state == State.NEW) {
      endOfStream();
    } else if (state == State.LIVE) {
      leaveWhenAnswered();
    }
  }

  /** The connection has gone. Must be called once, whatever was before. */
  public void closed() {
    pages.forget();
    leaveRooms();
    if (!name.isEmpty()) {
      all.names().giveBack(name);
    }
    state = State.ENDED;
    all.ended(this);
  }

  private void answer(FromClient object) {
    if (object instanceof FromClient.Post post) {
      post(post);
    } else if (object instanceof FromClient.Join join) {
      join(join.q(), join.room(), join.after(), join.last());
    } else if (object instanceof FromClient.Leave leave) {
      leave(leave);
    } else if (object instanceof FromClient.History history) {
      Place place = placeFor(history.q(), history.room());
      if (place != null) {
        pages.history(place, history);
      }
    } else if (object instanceof FromClient.Search search) {
      search(search);
    } else if (object instanceof FromClient.Rooms rooms) {
      rooms(rooms);
    } else if (object instanceof FromClient.Members members) {
      members(members);
    } else if (object instanceof FromClient.Topic topic) {
      topic(topic);
    } else if (object instanceof FromClient.Hello) {
      refuse(null, Code.BAD_REQUEST, "This session has begun, expected one hello.");
    } else {
      refuseRequest(
          object, Code.UNKNOWN_TYPE, "This server does not support " + object.type() + ".");
    }
  }

  // ---- hello

  private void welcome(FromClient.Hello hello) {
    String fault = Names.faultOf(hello.name());
    if (fault != null) {
      refuse(null, Code.NAME_BAD, fault);
      return;
    }
    if (!all.names().take(hello.name(), hello.client())) {
      refuse(null, Code.NAME_TAKEN, "Somebody else is here under this name, choose another.");
      return;
    }
    name = hello.name();
    client = hello.client();
    nameFrame = frameBytes(name);
    state = State.LIVE;
    wire.welcomed(name);
    say(
        new FromServer.Welcome(
            name,
            false,
            all.terms().server(),
            all.terms().asLimits(),
            Terms.features(all.rooms().areDurable()),
            all.terms().pingSeconds()));
    for (FromClient.Wish wish : hello.rooms()) {
      join(null, wish.room(), wish.after(), wish.last());
    }
  }

  // ---- rooms

  private void join(
      @Nullable String q,
      RoomName asked,
      io.chatroom.protocol.session.@Nullable Position after,
      @Nullable Long last) {
    if (asked.isPrivate()) {
      refuse(q, asked, Code.NO_ROOM, "This server has no private rooms.");
      return;
    }
    Place present = places.get(asked.key());
    if (present != null && present.isLeaving()) {
      refuse(q, asked, Code.BUSY, "The session is leaving this room, join it again then.");
      return;
    }
    if (present != null) {
      long newest = present.presence().newest().seq();
      say(joined(q, present, newest, present.presence().oldest(), null));
      return;
    }
    if (places.size() >= all.terms().maxRooms()) {
      refuse(
          q,
          asked,
          Code.TOO_MANY_ROOMS,
          "A session may be in " + all.terms().maxRooms() + " rooms, leave one first.");
      return;
    }
    if (all.rooms().isClosing()) {
      refuse(q, asked, Code.UNAVAILABLE, "The server is about to stop.");
      return;
    }
    RoomName room = RoomName.of(asked.key());
    Presence presence = all.rooms().join(room.key(), wire.member(), wire.kind(), nameFrame);
    Position end = presence.seat().joinedAfter();
    long first = Math.min(presence.oldest(), end.seq() + 1);
    Start start = Start.of(room, after, last, end, first);
    Place place = new Place(this, room, presence, end.epoch(), start.position());
    places.put(room.key(), place);
    say(joined(q, place, end.seq(), first, start.resume()));
    if (start.gap() != null) {
      say(start.gap());
    }
  }

  private FromServer.Joined joined(
      @Nullable String q,
      Place place,
      long newest,
      long first,
      FromServer.@Nullable Resume resume) {
    int count = place.presence().members();
    return new FromServer.Joined(
        q,
        place.room(),
        place.epoch(),
        newest,
        Math.min(first, newest + 1),
        count,
        count <= MAX_MEMBERS_TOLD ? place.presence().names(MAX_MEMBERS_TOLD) : null,
        place.presence().topic(),
        null,
        "member",
        resume);
  }

  private void leave(FromClient.Leave leave) {
    Place place = placeFor(leave.q(), leave.room());
    if (place == null) {
      return;
    }
    if (place.waitsForAnswers()) {
      place.leaveWhenAnswered(leave.q()); // its last words are answered before
    } else {
      leave(place, leave.q());
    }
  }

  private void leave(Place place, @Nullable String q) {
    places.remove(place.room().key());
    place.leave();
    say(new FromServer.Left(q, place.room()));
  }

  private void leaveRooms() {
    List<Place> left = List.copyOf(places.values());
    places.clear();
    left.forEach(Place::leave);
  }

  /** Answers that it is not in a room, where that is so. */
  private @Nullable Place placeFor(@Nullable String q, RoomName room) {
    Place place = places.get(room.key());
    if (place == null || place.isLeaving()) {
      refuse(q, Code.NOT_JOINED, "Join " + room.text() + " first.");
      return null;
    }
    return place;
  }

  @Nullable Place placeOf(Seat seat) {
    for (Place place : places.values()) {
      if (place.presence().seat() == seat) {
        return place;
      }
    }
    return null;
  }

  private Map<RoomName, Long> heads() {
    Map<RoomName, Long> heads = new LinkedHashMap<>();
    places.values().forEach(place -> heads.put(place.room(), place.head()));
    return heads;
  }

  // ---- posts and their answers

  private void post(FromClient.Post post) {
    Place place = places.get(post.room().key());
    if (place == null || place.isLeaving()) {
      say(
          FromServer.Error.ofPost(
              post.id(), Code.NOT_JOINED, null, "Join " + post.room().text() + " first."));
      return;
    }
    if (place.trouble() != null) {
      say(FromServer.Error.ofPost(post.id(), Code.UNAVAILABLE, null, place.trouble()));
      return;
    }
    Post logged = new Post(client, post.id(), post.replyTo() == null ? 0 : post.replyTo());
    ByteBuf frame = Unpooled.wrappedBuffer(frameBytes(post.text()));
    place.asks(logged);
    if (place.presence().post(frame, logged)) {
      wire.posted(post.text());
    } else {
      place.answers(logged.id()); // the server stops: it is not taken, and not answered
    }
  }

  private void topic(FromClient.Topic topic) {
    Place place = placeFor(topic.q(), topic.room());
    if (place != null && place.trouble() != null) {
      refuse(topic.q(), Code.UNAVAILABLE, place.trouble());
    } else if (place != null) {
      place.asksForEvent();
      if (!place.presence().happens(new RoomEvent(RoomEvent.TOPIC, name, null, topic.text()))) {
        place.answersEvent();
      }
    }
  }

  /**
   * The log of a room cannot make safe what this session has said there. That is answered once it
   * can; what comes until then is not taken.
   *
   * @return whether that is new
   */
  public boolean unavailable(String room, Refusal why) {
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

  /** Logs can make safe what is said, or it is worth a try. */
  public void available() {
    places.values().forEach(place -> place.trouble(null));
  }

  /** What this session gets in place of what it said itself, while it follows the room. */
  FromServer answer(RoomName room, Placed said, int message) {
    FromServer answer = answerTo(room, said, message);
    Place place = places.get(room.key());
    if (place != null) {
      isAnswered(place, answer);
    }
    return answer;
  }

  /** What the author of a message or event gets in its place. */
  static FromServer answerTo(RoomName room, Placed said, int message) {
    return said.burst().detail(message) instanceof Post post
        ? new FromServer.Ack(post.id(), room, said.firstSeq() + message, said.atMillis(), false)
        : Encoder.entry(room, said, message);
  }

  /** An answer that has its place in the room's order is on its way to the client. */
  void isAnswered(Place place, FromServer answer) {
    if (answer instanceof FromServer.Ack ack) {
      place.answers(ack.id());
    } else {
      place.answersEvent();
    }
    answered(place);
  }

  /** A post of it was in the room before. */
  public void repeated(String room, Post post, long seq, long atMillis) {
    Place place = places.get(room);
    if (place != null && place.answers(post.id())) {
      say(new FromServer.Ack(post.id(), place.room(), seq, atMillis, true));
      answered(place);
    }
  }

  /** A post of it has the id of another one. */
  public void reused(String room, Post post) {
    Place place = places.get(room);
    if (place != null && place.answers(post.id())) {
      say(
          FromServer.Error.ofPost(
              post.id(), Code.ID_REUSED, null, "This id belongs to another post of this client."));
      answered(place);
    }
  }

  /** Something was answered: what waited for that goes on. Later, as an answer is being sent. */
  private void answered(Place place) {
    if (full || state == State.LEAVING || place.isLeaving()) {
      wire.execute(this::goOn);
    }
  }

  /** Goes on with what waited for answers. */
  void goOn() {
    if (state == State.ENDED) {
      return;
    }
    for (Place place : List.copyOf(places.values())) {
      if (place.isLeaving() && !place.waitsForAnswers()) {
        leave(place, place.leavesFor());
      }
    }
    if (full && !isFull()) {
      full = false;
      wire.readOn();
    }
    if (state == State.LEAVING && !waitsForAnswers()) {
      leaveRooms();
      endOfStream();
    }
  }

  private boolean waitsForAnswers() {
    return pages.running() > 0 || places.values().stream().anyMatch(Place::waitsForAnswers);
  }

  private void waitIfFull() {
    if (!full && isFull()) {
      full = true;
      wire.stopReading();
    }
  }

  private boolean isFull() {
    int waiting = pages.running();
    for (Place place : places.values()) {
      waiting += place.questions();
    }
    return waiting >= all.terms().maxUnanswered() || pages.running() >= all.terms().maxReads();
  }

  // ---- questions

  private void search(FromClient.Search search) {
    List<Place> searched;
    if (search.room() == null) {
      searched = List.copyOf(places.values());
    } else {
      Place place = placeFor(search.q(), search.room());
      if (place == null) {
        return;
      }
      searched = List.of(place);
    }
    pages.search(searched, search);
  }

  private void rooms(FromClient.Rooms asked) {
    int limit = asked.limit() == null ? MAX_MEMBERS_TOLD : (int) (long) asked.limit();
    String behind = asked.room() == null ? "" : asked.room().key();
    List<RoomSummary> found = all.rooms().list(behind, limit + 1);
    List<FromServer.Room> told = new ArrayList<>();
    for (RoomSummary room : found.subList(0, Math.min(limit, found.size()))) {
      told.add(
          new FromServer.Room(
              RoomName.of(room.name()), room.members(), room.newest(), room.topic()));
    }
    say(new FromServer.Rooms(asked.q(), told, found.size() <= limit));
  }

  private void members(FromClient.Members asked) {
    int limit = asked.limit() == null ? MAX_MEMBERS_TOLD : (int) (long) asked.limit();
    if (asked.room() == null) {
      say(new FromServer.Members(asked.q(), null, all.rooms().names(limit), all.rooms().members()));
      return;
    }
    Place place = placeFor(asked.q(), asked.room());
    if (place != null) {
      say(
          new FromServer.Members(
              asked.q(), place.room(), place.presence().names(limit), place.presence().members()));
    }
  }

  // ---- the end

  private void leaveWhenAnswered() {
    if (state == State.NEW) {
      endOfStream();
      return;
    }
    state = State.LEAVING;
    if (!waitsForAnswers()) {
      leaveRooms();
      endOfStream();
    }
  }

  private void endOfStream() {
    if (state != State.ENDED) {
      state = State.ENDED;
      wire.end();
    }
  }

  /** Ends it with a reason. */
  public void end(FromServer.Bye bye) {
    if (state != State.ENDED) {
      pages.forget();
      leaveRooms();
      state = State.ENDED;
      wire.end(bye);
    }
  }

  /** The server stops: takes nothing more. What was taken is still answered. */
  public void stop() {
    stopping = true;
  }

  /** The server stops, and everything that was taken has been answered. */
  public void sayGoodbye() {
    if (state == State.ENDED) {
      return;
    }
    pages.giveUp();
    long after = ThreadLocalRandom.current().nextLong(SOONEST_MILLIS, LATEST_MILLIS);
    end(FromServer.Bye.of(Code.DRAINING, after, "The server stops, come back in a moment."));
  }

  /** The server stops: those in rooms hear so from their rooms, when all has been answered. */
  void sayGoodbyeUnlessInRooms() {
    stopping = true;
    if (places.isEmpty()) {
      sayGoodbye();
    }
  }

  /** Whether it has not been given all of its rooms, because it does not read. */
  public boolean lags() {
    return places.values().stream().anyMatch(place -> place.presence().lags());
  }

  /** The log of one of its rooms is another one: its numbers mean nothing any more. */
  public void logIsAnother(RoomName room) {
    end(
        FromServer.Bye.of(
            Code.LOG_RESET, null, "The room " + room.text() + " has another log now."));
  }

  /** Something that should not happen happened. */
  void failed(@Nullable Throwable failure) {
    wire.member().failed(failure == null ? new IllegalStateException("nothing was read") : failure);
  }

  // ---- to the client

  /** Nothing comes behind its goodbye (S-49), whatever is still being read for it. */
  void say(FromServer object) {
    if (state != State.ENDED) {
      wire.say(List.of(object));
    }
  }

  void refuse(@Nullable String q, Code code, String text) {
    say(FromServer.Error.ofRequest(q, code, null, text));
  }

  /** About a room; a hello has no {@code q} to be answered with. */
  private void refuse(@Nullable String q, RoomName room, Code code, String text) {
    if (q == null) {
      say(FromServer.Error.ofRoom(room, code, null, text));
    } else {
      refuse(q, code, text);
    }
  }

  private void refuseRequest(FromClient object, Code code, String text) {
    if (object instanceof FromClient.Post post) {
      say(FromServer.Error.ofPost(post.id(), code, null, text));
    } else {
      refuse(qOf(object), code, text);
    }
  }

  private static @Nullable String qOf(FromClient object) {
    if (object instanceof FromClient.Join join) {
      return join.q();
    } else if (object instanceof FromClient.Leave leave) {
      return leave.q();
    } else if (object instanceof FromClient.History history) {
      return history.q();
    } else if (object instanceof FromClient.Search search) {
      return search.q();
    } else if (object instanceof FromClient.Rooms rooms) {
      return rooms.q();
    } else if (object instanceof FromClient.Members members) {
      return members.q();
    } else if (object instanceof FromClient.Topic topic) {
      return topic.q();
    } else if (object instanceof FromClient.Delete delete) {
      return delete.q();
    } else if (object instanceof FromClient.Claim claim) {
      return claim.q();
    } else if (object instanceof FromClient.Moderate moderate) {
      return moderate.q();
    }
    return null;
  }

  /** As it goes over the seed's wire: a header, then the text. */
  private static byte[] frameBytes(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    ByteBuf frame = Unpooled.buffer(LengthHeader.BYTES + utf8.length);
    LengthHeader.write(frame, utf8.length);
    frame.writeBytes(utf8);
    byte[] bytes = ByteBufUtil.getBytes(frame, 0, frame.writerIndex());
    frame.release();
    return bytes;
  }
}
