package io.chatroom.server.session;

import io.chatroom.protocol.session.BadObjectException;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.Detail;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.names.Admission;
import io.chatroom.server.names.Denial;
import io.chatroom.server.names.Owner;
import io.chatroom.server.names.Pair;
import io.chatroom.server.names.Person;
import io.chatroom.server.names.Visitor;
import io.chatroom.server.room.Member;
import io.chatroom.server.room.Seat;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client's session. Takes the client's objects in order, and waits where a request has
 * prerequisites ({@link Steps}); {@link RequestRouter} answers them, {@link Flow} decides when to
 * read on and when to end. Messages of rooms reach the client without passing through here; only
 * the answers to its own posts are noted. All methods belong to the session's event loop.
 */
public final class Session {

  /** Clients of a stopping server come back after a random delay between these two. */
  private static final long MIN_RETURN_MILLIS = 500;

  private static final long MAX_RETURN_MILLIS = 5_500;

  private final Shared shared;
  private final Wire wire;
  private final Member member;
  private final Consumer<Session> closed;
  private final Replies replies;
  private final Places places;
  private final RefusedJoins refusedJoins;
  private final Prerequisites prerequisites;
  private final Joins joins;
  private final Posting posting;
  private final Steps steps;
  private final AutoJoin autoJoin;
  private final Login login;
  private final RequestRouter router;
  private final Flow flow;
  private final Visits visits;

  /**
   * @param member the session as a member of rooms
   * @param kinds the kind of member that it is
   * @param closed called when the connection has ended
   */
  @SuppressWarnings("this-escape") // they call back from this event loop only, and later
  Session(Shared shared, Wire wire, Member member, Kinds kinds, Consumer<Session> closed) {
    this.shared = shared;
    this.wire = wire;
    this.member = member;
    this.closed = closed;
    this.replies = new Replies(wire);
    this.places = new Places(shared.terms(), replies);
    this.refusedJoins = new RefusedJoins(replies, shared.terms().maxRooms());
    this.prerequisites = new Prerequisites(shared, places, refusedJoins);
    Listings listings = new Listings(shared.rooms(), shared.terms().limits());
    this.joins = new Joins(shared, member, kinds, replies, listings, places, refusedJoins);
    this.posting = new Posting(shared, kinds, replies, joins, places, this::answered);
    this.steps = new Steps(wire::execute, this::goOn, this::failed);
    this.autoJoin = new AutoJoin(wire, steps, prerequisites, joins, this::identity, this::isOver);
    NamedSession self = new Named();
    this.login = new Login(shared, wire, self, this::end, this::removeFrom);
    this.router =
        new RequestRouter(
            shared,
            wire,
            replies,
            listings,
            places,
            refusedJoins,
            joins,
            posting,
            self,
            login::becomes,
            this::goOn,
            this::failed);
    this.flow = new Flow(shared.terms(), wire, replies, steps, places, autoJoin, router);
    this.visits =
        new Visits(
            shared, wire, replies, steps, prerequisites, joins, login, router, flow, this::failed);
  }

  Wire wire() {
    return wire;
  }

  /** The name of the person; empty until a hello was accepted. */
  public String name() {
    return login.name();
  }

  private @Nullable Identity identity() {
    return login.identity();
  }

  // ---- requests

  /** Takes the client's next object. */
  public void receive(FromClient object) {
    if (isOver()) {
      return;
    }
    if (object instanceof FromClient.Bye) {
      flow.leaveWhenAnswered();
    } else {
      step(object);
    }
    flow.waitIfFull();
  }

  private void step(FromClient object) {
    if (object instanceof FromClient.Join join) {
      steps.take(
          new Steps.Step(
              prerequisites.ofJoin(this::identity, join),
              () -> take(object),
              why -> refuse(object, why)));
      return;
    }
    CompletionStage<?> needed = steps.areTaken() ? needs(object) : null;
    if (steps.areTaken() && needed == null) {
      take(object); // nearly always
    } else {
      steps.take(
          new Steps.Step(
              new Steps.Begun(needed, () -> needs(object)),
              () -> take(object),
              why -> refuse(object, why)));
    }
  }

  private @Nullable CompletionStage<?> needs(FromClient object) {
    Identity who = identity();
    if (who == null && object instanceof FromClient.Hello hello) {
      return shared.people().needs(hello, wire.address());
    }
    return prerequisites.of(who, object);
  }

  private void take(FromClient object) {
    Identity who = identity();
    if (object instanceof FromClient.Ping ping) {
      replies.send(new FromServer.Pong(ping.q(), places.heads()));
    } else if (who != null) {
      router.answer(who, object);
    } else if (object instanceof FromClient.Hello hello) {
      welcome(hello);
    } else {
      replies.refuse(object, Code.BAD_REQUEST, "Say hello first.");
    }
  }

  private void refuse(FromClient object, Denial why) {
    RoomName room = object instanceof FromClient.Post ? null : Requests.roomOf(object);
    if (object instanceof FromClient.Join join) {
      refusedJoins.refuse(join.q(), Requests.wishOf(join), why);
    } else if (room != null) {
      replies.refuse(Requests.qOf(object), room, why);
    } else if (!(object instanceof FromClient.Ping)) { // which cannot be refused
      replies.refuse(object, why);
    }
  }

  /** Answers bytes that are not an object of the protocol. */
  public void refuse(BadObjectException bad) {
    if (isOver()) {
      return;
    }
    FromServer answer = bad.answer();
    if (answer instanceof FromServer.Bye bye) {
      end(bye);
    } else {
      Runnable send = () -> replies.send(answer);
      steps.take(new Steps.Step(() -> null, send, stops -> send.run()));
    }
  }

  // ---- the hello

  private void welcome(FromClient.Hello hello) {
    Admission admission = shared.people().admit(hello, wire.address());
    if (admission instanceof Admission.Denied denied) {
      deny(hello, denied.why());
      return;
    }
    Person person = ((Admission.Admitted) admission).person();
    Identity who = new Identity(person, hello.client(), shared.people().owner(person));
    Denial late = login.arrive(who);
    if (late != null) {
      deny(hello, late);
      return;
    }
    wire.welcomed(person);
    replies.send(shared.terms().welcome(who.person(), shared.rooms().areDurable()));
    List<Steps.Step> next = new ArrayList<>();
    hello.rooms().forEach(wish -> next.add(joining(wish))); // loads all rooms at once
    Owner owner = who.owner();
    if (owner != null) {
      next.add(autoJoin.joinAll(owner));
    }
    steps.takeNext(next);
  }

  private void deny(FromClient.Hello hello, Denial why) {
    if (why.code().isBye()) {
      end(FromServer.Bye.of(why.code(), why.afterMillis(), why.text()));
    } else {
      replies.refuse(hello, why);
    }
  }

  /** The step that joins a room of a hello, as a join would. */
  private Steps.Step joining(FromClient.Wish wish) {
    FromClient.Join join = new FromClient.Join(null, wish.room(), wish.after(), wish.last());
    return new Steps.Step(
        new Steps.Begun(
            prerequisites.of(identity(), join, wish.room()),
            prerequisites.ofJoin(this::identity, join)),
        () -> {
          Identity who = Objects.requireNonNull(identity());
          Denial denial = shared.people().mayAsk(who.person(), join);
          if (denial != null) {
            refusedJoins.refuse(null, wish, denial);
          } else {
            joins.join(who, null, wish);
          }
        },
        why -> refusedJoins.refuse(null, wish, why));
  }

  // ---- without a hello

  /**
   * Admits a visitor, who then calls {@link #ask} or {@link #follow}. A refusal is sent, and ends
   * the session.
   *
   * @param admitted receives the person once admitted
   */
  public void come(Visitor visitor, Consumer<Person> admitted) {
    visits.come(visitor, admitted);
  }

  /** Answers a visitor's one request, and ends the session. */
  public void ask(FromClient request) {
    visits.ask(request);
  }

  /**
   * Joins a visitor to an existing room to receive its messages. A refusal is sent, and ends the
   * session.
   *
   * @param before runs before anything of the room is sent, and only if the visitor may join
   */
  public void follow(FromClient.Join join, Runnable before) {
    visits.follow(join, before);
  }

  /** The position of the session in a room; null if it is not there. */
  public @Nullable Position position(RoomName room) {
    return places.position(room);
  }

  // ---- from its rooms

  @Nullable Place placeOf(Seat seat) {
    return places.of(seat);
  }

  /** Sends objects that are not answers to requests waiting here. */
  void send(List<FromServer> objects) {
    replies.send(objects);
  }

  /** Sends one object. */
  void send(FromServer object) {
    replies.send(object);
  }

  /**
   * Notes that an answer with a place in a room's order is about to be sent.
   *
   * @return false if the post was refused before: the client receives the message instead
   */
  boolean isAnswered(RoomName room, FromServer answer) {
    return posting.isAnswered(room, answer);
  }

  /**
   * A room's log cannot store posts for now. Refuses all unanswered posts in the room, although
   * some may be stored in the end, and all new ones until {@link #available}.
   *
   * @param room the server's name for the room
   * @return false if this was known already
   */
  public boolean unavailable(String room, Refusal why) {
    return posting.unavailable(room, why);
  }

  /** Takes posts again in all rooms. */
  public void available() {
    posting.available();
  }

  /** A room's log has the same post already: acknowledges it with its old sequence number. */
  public void repeated(String room, Post post, long seq, long atMillis) {
    posting.repeated(room, post, seq, atMillis);
  }

  /** A room's log has another post with the same id: refuses this one. */
  public void reused(String room, Post post) {
    posting.reused(room, post);
  }

  /** A room's log can never store a post or event of this session: refuses it. */
  public void rejected(String room, @Nullable Detail detail) {
    posting.rejected(room, detail);
  }

  /** True if the session lags behind in some room, because its client does not read. */
  public boolean lags() {
    return places.anyLags();
  }

  /**
   * A room has a new log, so the client's positions mean nothing any more: ends the session.
   *
   * @param room the server's name for the room
   */
  public void logReplaced(String room) {
    Place place = places.byKey(room);
    if (place != null) {
      logReplaced(place.room());
    }
  }

  /** The same, with the session's name for the room. */
  void logReplaced(RoomName room) {
    String text = "The log of " + room.text() + " was replaced.";
    end(FromServer.Bye.of(Code.LOG_RESET, null, text));
  }

  /** Messages that the client has missed cannot be read: ends the session. */
  void cannotRead(RoomName room, @Nullable Throwable failure) {
    if (ReadGate.isTrouble(failure)) {
      String text = "Messages in " + room.text() + " cannot be read for now.";
      end(FromServer.Bye.of(Code.INTERNAL, MAX_RETURN_MILLIS, text));
    } else {
      failed(failure);
    }
  }

  /** Reports a defect of the server, which ends the session. */
  private void failed(@Nullable Throwable failure) {
    member.failed(failure == null ? new IllegalStateException("nothing was read") : failure);
  }

  private void answered() {
    flow.answered();
  }

  /** Continues whatever was waiting for answers. */
  void goOn() {
    flow.goOn();
  }

  // ---- the end

  private boolean isOver() {
    return flow.isOver();
  }

  /** Permissions have changed: ends the session if its person may not stay. */
  void recheck() {
    Denial denial = login.mayStay();
    if (denial != null) {
      end(FromServer.Bye.of(denial.code(), denial.afterMillis(), denial.text()));
    }
  }

  /** The client has ended its stream: its earlier requests are still answered. */
  public void inputEnded() {
    flow.inputEnded();
  }

  /** Ends the session now, and gives the client a reason. */
  public void end(FromServer.Bye bye) {
    flow.end(bye);
  }

  /** A moderator makes the session leave a room, if it is there. */
  private void removeFrom(RoomName room, String text) {
    Place place = replies.areOver() ? null : places.putOut(room);
    if (place != null) {
      router.giveUp(place);
      replies.send(new FromServer.Left(null, place.room(), text));
      goOn();
    }
  }

  /** The connection has ended. Must be called once, in any state. */
  public void closed() {
    flow.closed();
    login.closed();
    closed.accept(this);
  }

  /** The server is stopping: takes no more requests. Those already taken are still answered. */
  public void stop() {
    flow.stop();
  }

  /** The server is stopping, and the rooms have answered all posts: ends the session. */
  public void sayGoodbye() {
    if (!replies.areOver()) {
      steps.giveUp();
      router.giveUp();
      long after = ThreadLocalRandom.current().nextLong(MIN_RETURN_MILLIS, MAX_RETURN_MILLIS);
      end(
          FromServer.Bye.of(
              Code.DRAINING, after, "The server is stopping, come back in a moment."));
    }
  }

  /** The server is stopping: ends a session that is in no room. Rooms end the others. */
  void sayGoodbyeUnlessInRooms() {
    stop();
    if (places.areEmpty()) {
      sayGoodbye();
    }
  }

  /** This session as other sessions of the same owned name see it. */
  private final class Named implements NamedSession {

    @Override
    public void tell(FromServer object) {
      wire.execute(() -> replies.send(object));
    }

    @Override
    public void isRead(String room, long seq) {
      wire.execute(
          () -> {
            Identity who = identity();
            RoomName seen =
                who == null || who.owner() == null ? null : Places.nameFor(who.owner(), room);
            if (seen != null) {
              replies.send(new FromServer.Read(seen, seq));
            }
          });
    }

    @Override
    public void join(Pair pair, long from) {
      wire.execute(() -> autoJoin.join(pair, from));
    }
  }
}
