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
import io.chatroom.server.names.Bots;
import io.chatroom.server.names.Claim;
import io.chatroom.server.names.Denial;
import io.chatroom.server.names.Link;
import io.chatroom.server.names.Owner;
import io.chatroom.server.names.Pair;
import io.chatroom.server.names.Person;
import io.chatroom.server.names.Visitor;
import io.chatroom.server.room.Member;
import io.chatroom.server.room.RoomSummary;
import io.chatroom.server.room.Seat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client's session: takes what it says, one object after the other, and sees to it that each is
 * answered. {@link Places} knows its rooms and what it says there, {@link Pages} what it asks for,
 * {@link Replies} what it is told. What happens in its rooms reaches its client without passing
 * here, but for the answers to its own posts. All methods belong to its event loop.
 */
public final class Session {

  /** A server that stops spreads the return of its clients over so much time. */
  private static final long LATEST_MILLIS = 5_500;

  private static final long SOONEST_MILLIS = 500;

  /** When it asks again for a private room that cannot be known for now. */
  private static final long AGAIN_MILLIS = 2_000;

  private final Shared shared;
  private final Wire wire;
  private final Member member;
  private final Consumer<Session> gone;
  private final Replies replies;
  private final Listings listings;
  private final Places places;
  private final RefusedJoins refusedJoins;
  private final Prerequisites prerequisites;
  private final Joins joins;
  private final Posting posting;
  private final PageRequests pageRequests;
  private final Pages pages;
  private final Searches searches;
  private final Moderator moderator;
  private final Personal personal;
  private final NamedSession named = new Named();
  private final Steps steps;

  /**
   * Private rooms that it hears when what it has asked for is taken: from which number. Most
   * sessions have none at most times, and no map.
   */
  private Map<Pair, Long> unheard = Map.of();

  /** Those that have to be known first; the same. */
  private Map<Pair, Long> awaited = Map.of();

  /** Null until a hello was accepted. */
  private @Nullable Identity identity;

  /** As those who keep order reach it; null until a hello was accepted. */
  private @Nullable Guest guest;

  /** The client has said all it wants: what was accepted is still answered. */
  private boolean leaving;

  private boolean stopping;
  private boolean full;

  /** It came without a hello, and hears nothing of what is for all sessions of its name. */
  private boolean visiting;

  /**
   * Claims, tokens and lists that wait for their answers: each says what to do if they never come.
   */
  private final Set<Runnable> claims = new LinkedHashSet<>(2);

  /**
   * @param member as what the rooms know it
   * @param kinds what members get that are carried like it
   * @param gone called when the connection has gone
   */
  @SuppressWarnings("this-escape") // they call back from this event loop only, and later
  Session(Shared shared, Wire wire, Member member, Kinds kinds, Consumer<Session> gone) {
    this.shared = shared;
    this.wire = wire;
    this.member = member;
    this.gone = gone;
    this.replies = new Replies(wire);
    this.listings = new Listings(shared.rooms(), shared.terms().limits());
    this.places = new Places(shared.terms(), replies);
    this.refusedJoins = new RefusedJoins(replies, shared.terms().maxRooms());
    this.prerequisites = new Prerequisites(shared, places, refusedJoins);
    this.joins = new Joins(shared, member, kinds, replies, listings, places, refusedJoins);
    this.posting = new Posting(shared, kinds, replies, joins, places, this::answered);
    this.pageRequests = new PageRequests(replies);
    this.pages = new Pages(shared, wire, replies, pageRequests, this::goOn, this::failed);
    this.searches = new Searches(shared, wire, replies, pageRequests, this::goOn);
    this.moderator = new Moderator(shared, wire, replies, joins, places, this::goOn);
    this.personal = new Personal(shared, wire, replies, named, joins, this::goOn);
    this.steps = new Steps(wire::execute, this::goOn, this::failed);
  }

  Wire wire() {
    return wire;
  }

  /** Its name; empty until its hello was accepted. */
  public String name() {
    return identity == null ? "" : identity.name();
  }

  // ---- what the client says

  /** Takes the next object of the client. */
  public void hear(FromClient object) {
    if (hearsNoMore()) {
      return;
    }
    if (object instanceof FromClient.Bye) {
      leaveWhenAnswered();
    } else {
      step(object);
    }
    waitIfFull();
  }

  private void step(FromClient object) {
    if (object instanceof FromClient.Join join) {
      steps.take(new Steps.Step(needs(join), () -> take(object), why -> refuse(object, why)));
      return;
    }
    CompletionStage<?> needed = steps.areTaken() ? needs(object) : null;
    if (steps.areTaken() && needed == null) {
      take(object); // as nearly always
    } else {
      steps.take(
          new Steps.Step(
              new Steps.Begun(needed, () -> needs(object)),
              () -> take(object),
              why -> refuse(object, why)));
    }
  }

  /** What has to be known before it is taken; null if nothing. */
  private @Nullable CompletionStage<?> needs(FromClient object) {
    if (identity == null && object instanceof FromClient.Hello hello) {
      return shared.people().needs(hello, wire.address());
    }
    return prerequisites.of(identity, object);
  }

  /** The room must be loaded, and must have reached the client's position. */
  private Steps.Need needs(FromClient.Join join) {
    return new Steps.Then(
        () -> prerequisites.of(identity, join, join.room()),
        () -> identity == null ? null : prerequisites.toResume(identity, join));
  }

  private void take(FromClient object) {
    if (object instanceof FromClient.Ping ping) {
      replies.say(new FromServer.Pong(ping.q(), places.heads()));
    } else if (identity != null) {
      answer(identity, object);
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
    } else if (!(object instanceof FromClient.Ping)) { // which has no answer of this kind
      replies.refuse(object, why);
    }
  }

  /** Answers what is no object of the protocol. */
  public void refuse(BadObjectException bad) {
    if (hearsNoMore()) {
      return;
    }
    FromServer answer = bad.answer();
    if (answer instanceof FromServer.Bye bye) {
      end(bye);
    } else {
      Runnable say = () -> replies.say(answer);
      steps.take(new Steps.Step(() -> null, say, stops -> say.run()));
    }
  }

  /** It has said that nothing comes, or it asks again where it goes from here. */
  private boolean hearsNoMore() {
    return leaving || stopping || replies.areOver();
  }

  private void answer(Identity who, FromClient object) {
    Denial denial = shared.people().mayAsk(who.person(), object);
    if (denial != null && object instanceof FromClient.Join join) {
      refusedJoins.refuse(join.q(), Requests.wishOf(join), denial);
    } else if (denial != null && !(object instanceof FromClient.Hello)) {
      replies.refuse(object, denial);
    } else {
      serve(who, object);
    }
  }

  private void serve(Identity who, FromClient object) {
    if (object instanceof FromClient.Post post) {
      if (posting.post(who, post) && !post.room().isPrivate()) {
        wire.posted(post.text());
      }
    } else if (object instanceof FromClient.Join join) {
      joins.join(who, join.q(), Requests.wishOf(join));
    } else if (object instanceof FromClient.Leave leave) {
      joins.leave(leave);
    } else if (object instanceof FromClient.Topic topic) {
      posting.topic(who, topic);
    } else if (object instanceof FromClient.Moderate moderate) {
      moderator.moderate(who, moderate);
    } else if (object instanceof FromClient.Delete delete) {
      Place place = joins.find(who, delete.q(), delete.room());
      if (place != null) {
        pages.one(place, delete, kept -> posting.delete(who, place, delete, kept));
      }
    } else if (object instanceof FromClient.History history) {
      Place place = joins.find(who, history.q(), history.room());
      if (place != null) {
        pages.history(place, history);
      }
    } else if (object instanceof FromClient.Search search) {
      search(who, search);
    } else if (object instanceof FromClient.Rooms rooms) {
      rooms(who, rooms);
    } else if (object instanceof FromClient.Members members) {
      members(who, members);
    } else if (object instanceof FromClient.Read read) {
      personal.read(who, read);
    } else if (object instanceof FromClient.Block block) {
      personal.block(who, block);
    } else if (object instanceof FromClient.Claim claim) {
      claim(who, claim.q());
    } else if (object instanceof FromClient.Link link) {
      link(who, link.q());
    } else if (object instanceof FromClient.Tokens tokens) {
      tokens(who, tokens);
    } else if (object instanceof FromClient.Hello) {
      replies.refuse(object, Code.BAD_REQUEST, "This session has begun, expected one hello.");
    } else {
      String text = "This server does not support " + object.type() + ".";
      replies.refuse(object, Code.UNKNOWN_TYPE, text);
    }
  }

  private void welcome(FromClient.Hello hello) {
    Admission admission = shared.people().admit(hello, wire.address());
    if (admission instanceof Admission.Denied denied) {
      deny(hello, denied.why());
      return;
    }
    Person person = ((Admission.Admitted) admission).person();
    Identity who = new Identity(person, hello.client(), shared.people().owner(person));
    Denial late = arrive(who);
    if (late != null) {
      deny(hello, late);
      return;
    }
    wire.welcomed(person);
    replies.say(shared.terms().welcome(who.person(), shared.rooms().areDurable()));
    List<Steps.Step> next = new ArrayList<>();
    hello.rooms().forEach(wish -> next.add(joining(wish))); // all are asked for at once
    Owner owner = who.owner();
    if (owner != null) {
      next.add(
          new Steps.Step(
              new Steps.Begun(
                  prerequisites.ofPrivateRooms(owner), () -> prerequisites.ofPrivateRooms(owner)),
              () -> joins.privateRooms(owner).forEach(pair -> hear(pair, Long.MAX_VALUE)),
              denial -> wire.executeLater(() -> hearPrivateRooms(owner), AGAIN_MILLIS)));
    }
    steps.takeNext(next);
  }

  /** Hears those that could not be known when it came. Nothing waits for it. */
  private void hearPrivateRooms(Owner owner) {
    if (hearsNoMore()) {
      return;
    }
    CompletionStage<Void> needed = prerequisites.ofPrivateRooms(owner);
    if (needed == null) {
      joins.privateRooms(owner).forEach(pair -> hear(pair, Long.MAX_VALUE));
    } else {
      needed.whenComplete(
          (known, failure) ->
              wire.executeLater(() -> hearPrivateRooms(owner), failure == null ? 0 : AGAIN_MILLIS));
    }
  }

  /** It is here, and can be put out; or has to go at once, and why. */
  private @Nullable Denial arrive(Identity who) {
    is(who);
    guest = new Guest(who.person(), wire::execute, this::end, this::putOutOf);
    return shared.people().arrives(guest);
  }

  // ---- without a hello

  /**
   * Somebody comes without a hello, and asks as {@link #ask} or {@link #follow} says. A refusal is
   * told, and ends it.
   *
   * @param came gets who it is, once it may come in
   */
  public void come(Visitor visitor, Consumer<Person> came) {
    visiting = true;
    CompletionStage<Void> needed = shared.people().needs(visitor, wire.address());
    if (needed == null) {
      comeNow(visitor, came);
      return;
    }
    needed.whenComplete(
        (known, failure) ->
            wire.execute(
                () -> {
                  if (!hearsNoMore()) {
                    comeLater(visitor, came, failure == null);
                  }
                }));
  }

  private void comeLater(Visitor visitor, Consumer<Person> came, boolean isKnown) {
    try {
      if (isKnown) {
        come(visitor, came);
      } else {
        turnAway(Steps.NOT_KNOWN);
      }
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  private void comeNow(Visitor visitor, Consumer<Person> came) {
    Admission admission = shared.people().admit(visitor, wire.address());
    if (admission instanceof Admission.Denied denied) {
      turnAway(denied.why());
      return;
    }
    Person person = ((Admission.Admitted) admission).person();
    String client = person.client() == null ? "" : person.client(); // the nameless post nothing
    Denial late = arrive(new Identity(person, client, shared.people().owner(person)));
    if (late != null) {
      turnAway(late);
      return;
    }
    wire.welcomed(person);
    came.accept(person);
  }

  private void turnAway(Denial why) {
    deny(null, why);
    replies.end();
  }

  /** Takes a visitor's one request. It need not be in the room: it is for as long as it needs. */
  public void ask(FromClient request) {
    Identity who = identity;
    if (who == null || hearsNoMore()) {
      return;
    }
    Consumer<Denial> refuse = denial -> replies.refuse(request, denial);
    RoomName room = Requests.roomOf(request);
    if (room == null && request instanceof FromClient.Search) {
      AllRooms all = new AllRooms(joins, prerequisites, who);
      steps.take(
          new Steps.Step(
              () -> shared.people().mayAsk(who.person(), request) == null ? all.next() : null,
              () -> answerVisit(who, request, all::visit),
              refuse));
    } else {
      boolean makes = request instanceof FromClient.Post;
      steps.take(
          new Steps.Step(
              () -> prerequisites.of(identity, request, room),
              () ->
                  answerVisit(
                      who,
                      request,
                      () ->
                          room == null || room.isPrivate() ? null : joins.visit(who, room, makes)),
              refuse));
    }
    leaveWhenAnswered();
  }

  private interface Entering {

    /** Comes into what is asked for; why not, or null. */
    @Nullable Denial enter();
  }

  private void answerVisit(Identity who, FromClient request, Entering entering) {
    Denial denial = shared.people().mayAsk(who.person(), request);
    if (denial == null) {
      denial = entering.enter();
    }
    if (denial == null) {
      serve(who, request);
    } else {
      replies.refuse(request, denial);
    }
  }

  /**
   * A visitor wants to hear a room from some place on, if there is such a room. A refusal is told,
   * and ends it.
   *
   * @param before runs once it is known that it may, and nothing was told of the room yet
   */
  public void follow(FromClient.Join join, Runnable before) {
    Identity who = identity;
    if (who == null || hearsNoMore()) {
      return;
    }
    steps.take(
        new Steps.Step(
            needs(join),
            () -> {
              Denial denial = shared.people().mayAsk(who.person(), join);
              if (denial == null) {
                denial = joins.follow(who, join, before);
              }
              if (denial != null) {
                replies.refuse(join, denial);
                leaving = true;
              }
            },
            denial -> {
              replies.refuse(join, denial);
              leaving = true;
            }));
    if (leaving) {
      endIfAnswered();
    }
  }

  /** Where it is in a room; null if it is not there. */
  public @Nullable Position position(RoomName room) {
    return places.position(room);
  }

  /** A room of a hello, which counts as a join. */
  private Steps.Step joining(FromClient.Wish wish) {
    FromClient.Join join = new FromClient.Join(null, wish.room(), wish.after(), wish.last());
    return new Steps.Step(
        new Steps.Begun(prerequisites.of(identity, join, wish.room()), needs(join)),
        () -> {
          Identity who = Objects.requireNonNull(identity);
          Denial denial = shared.people().mayAsk(who.person(), join);
          if (denial != null) {
            refusedJoins.refuse(null, wish, denial);
          } else {
            joins.join(who, null, wish);
          }
        },
        why -> refusedJoins.refuse(null, wish, why));
  }

  // ---- in private

  /**
   * Hears a private room of its name: behind what it has asked for itself, which may be that room.
   *
   * @param from what is behind this number
   */
  private void hear(Pair pair, long from) {
    if (steps.areTaken()) {
      hearSoon(pair, from);
      return;
    }
    boolean isFirst = unheard.isEmpty();
    unheard = isFirst ? new HashMap<>() : unheard;
    unheard.merge(pair, from, Math::min);
    if (isFirst) {
      steps.take(new Steps.Step(() -> null, this::hearAll, stops -> {}));
    }
  }

  private void hearAll() {
    Map<Pair, Long> all = unheard;
    unheard = Map.of();
    all.forEach(this::hearSoon);
  }

  /**
   * Hears it as soon as that is known. Nothing else waits for it, as its client has not asked; and
   * it goes on until it hears it, as its client cannot know.
   */
  private void hearSoon(Pair pair, long from) {
    Identity who = identity;
    if (who == null || who.owner() == null || hearsNoMore()) {
      return;
    }
    CompletionStage<?> needed = prerequisites.of(who, pair);
    if (needed == null) {
      Long earlier = awaited.isEmpty() ? null : awaited.remove(pair);
      joins.joinUnasked(who, pair, earlier == null ? from : Math.min(earlier, from));
      return;
    }
    boolean waits = awaited.containsKey(pair);
    awaited = awaited.isEmpty() ? new HashMap<>() : awaited;
    awaited.merge(pair, from, Math::min);
    if (!waits) {
      needed.whenComplete((known, failure) -> wire.execute(() -> hearNow(pair, failure == null)));
    }
  }

  private void hearNow(Pair pair, boolean known) {
    Long from = awaited.get(pair);
    if (from == null) {
      return; // it hears it already, or has gone
    }
    if (known) {
      awaited.remove(pair);
      hearSoon(pair, from);
    } else {
      wire.executeLater(() -> hearNow(pair, true), AGAIN_MILLIS);
    }
  }

  /** From here on it is this one: before it looks what there is to hear in private. */
  private void is(Identity who) {
    Owner before = identity == null ? null : identity.owner();
    Owner now = who.owner();
    identity = who;
    if (guest != null) {
      guest.becomes(who.person());
    }
    if (visiting || Objects.equals(before, now)) {
      return; // it has a token more
    }
    if (before != null) {
      shared.correspondence().goes(before, named);
    }
    if (now != null) {
      shared.correspondence().arrives(now, named);
    }
  }

  private void deny(FromClient.@Nullable Hello hello, Denial why) {
    if (why.code().isBye()) {
      end(FromServer.Bye.of(why.code(), why.afterMillis(), why.text()));
    } else if (hello == null) {
      replies.refuse((String) null, why);
    } else {
      replies.refuse(hello, why);
    }
  }

  private void claim(Identity who, String q) {
    Runnable givenUp = stops(q);
    claims.add(givenUp);
    shared
        .people()
        .claim(who.person())
        .thenAccept(
            claim ->
                wire.execute(
                    () -> {
                      if (claims.remove(givenUp)) {
                        claimed(who, q, claim);
                      }
                    }));
  }

  /** Tells who waits that the server stops. */
  private Runnable stops(String q) {
    return () -> replies.refuse(q, Code.UNAVAILABLE, "The server is about to stop.");
  }

  private void claimed(Identity who, String q, Claim claim) {
    if (claim instanceof Claim.Granted granted && !replies.areOver()) {
      is(new Identity(granted.person(), who.client(), shared.people().owner(granted.person())));
      replies.say(new FromServer.Owned(q, granted.token(), granted.keepDays()));
    } else if (claim instanceof Claim.Refused refused) {
      replies.refuse(q, refused.why());
    }
    goOn();
  }

  private void tokens(Identity who, FromClient.Tokens request) {
    Runnable givenUp = stops(request.q());
    claims.add(givenUp);
    shared
        .people()
        .bots()
        .answer(who.person(), request)
        .thenAccept(
            answer ->
                wire.execute(
                    () -> {
                      if (claims.remove(givenUp)) {
                        answered(request.q(), answer);
                      }
                    }));
  }

  private void answered(String q, Bots.Answer answer) {
    if (answer instanceof Bots.Answer.Done done) {
      replies.say(listings.tokens(q, done.bots(), done.token()));
    } else if (answer instanceof Bots.Answer.Refused refused) {
      replies.refuse(q, refused.why());
    }
    goOn();
  }

  private void link(Identity who, String q) {
    Link link = shared.people().link(who.person());
    if (link instanceof Link.Code code) {
      replies.say(new FromServer.Link(q, code.code(), code.seconds()));
    } else if (link instanceof Link.Refused refused) {
      replies.refuse(q, refused.why());
    }
  }

  private void rooms(Identity who, FromClient.Rooms asked) {
    CompletableFuture<List<RoomSummary>> found = listings.find(asked).toCompletableFuture();
    if (found.isDone() && !found.isCompletedExceptionally()) {
      tell(who, asked, found.join());
      return;
    }
    Runnable givenUp = stops(asked.q());
    claims.add(givenUp);
    found.whenComplete(
        (rooms, failure) ->
            wire.execute(
                () -> {
                  if (claims.remove(givenUp)) {
                    if (rooms == null) {
                      String text = "Rooms cannot be listed for now, try again later.";
                      replies.refuse(asked.q(), Code.UNAVAILABLE, text);
                    } else {
                      tell(who, asked, rooms);
                    }
                    goOn();
                  }
                }));
  }

  private void tell(Identity who, FromClient.Rooms asked, List<RoomSummary> found) {
    replies.say(listings.rooms(asked, found, room -> joins.mayKnow(who, room)));
  }

  private void search(Identity who, FromClient.Search search) {
    if (search.room() == null) {
      searches.search(places.all(), search);
      return;
    }
    Place place = joins.find(who, search.q(), search.room());
    if (place != null) {
      searches.search(List.of(place), search);
    }
  }

  private void members(Identity who, FromClient.Members asked) {
    if (asked.room() == null) {
      replies.say(listings.members(asked));
      return;
    }
    Place place = joins.find(who, asked.q(), asked.room());
    if (place != null) {
      replies.say(listings.members(asked, place));
    }
  }

  // ---- what comes of it, from its rooms

  @Nullable Place placeOf(Seat seat) {
    return places.of(seat);
  }

  /** What brings it up. */
  void say(List<FromServer> objects) {
    replies.say(objects);
  }

  /** The same of one object. */
  void say(FromServer object) {
    replies.say(object);
  }

  /**
   * An answer that has its place in a room's order is about to go to the client.
   *
   * @return false if it does not, as that post was refused before: the client gets the message
   */
  boolean isAnswered(RoomName room, FromServer answer) {
    return posting.isAnswered(room, answer);
  }

  /**
   * The log of a room cannot make safe for now what this session has said there. Its posts are told
   * so, although they may be stored in the end; what comes until then is not taken.
   *
   * @return whether that is new
   */
  public boolean unavailable(String room, Refusal why) {
    return posting.unavailable(room, why);
  }

  /** Logs can make safe what is said, or it is worth a try. */
  public void available() {
    posting.available();
  }

  /** A post of it was in the room before. */
  public void repeated(String room, Post post, long seq, long atMillis) {
    posting.repeated(room, post, seq, atMillis);
  }

  /** A post of it has the id of another one. */
  public void reused(String room, Post post) {
    posting.reused(room, post);
  }

  /** Something that it said can never be stored. */
  public void rejected(String room, @Nullable Detail detail) {
    posting.rejected(room, detail);
  }

  /** Whether it has not been given all of its rooms, because it does not read. */
  public boolean lags() {
    return places.lag();
  }

  // ---- what waits for answers

  /** What waits for an answer goes on. Later, as the answer is being sent. */
  private void answered() {
    if (full || leaving || places.areLeaving()) {
      wire.execute(this::goOn);
    }
  }

  /** Goes on with what waited for answers. */
  void goOn() {
    if (replies.areOver()) {
      return;
    }
    places.leaveAnswered();
    if (full && !isFull()) {
      full = false;
      wire.readOn();
    }
    if (leaving) {
      endIfAnswered();
    }
  }

  /** How much of what it asked waits that is none of its rooms'. */
  private int waiting() {
    return steps.waiting()
        + pageRequests.size()
        + claims.size()
        + personal.waiting()
        + moderator.running();
  }

  private void waitIfFull() {
    if (!full && isFull()) {
      full = true;
      wire.stopReading();
    }
  }

  private boolean isFull() {
    Terms terms = shared.terms();
    return !steps.areTaken()
        || waiting() + places.questions() >= terms.maxUnanswered()
        || pageRequests.size() >= terms.maxReads();
  }

  // ---- the end

  /** Something has changed about who may be here: ends it if its client may not. */
  void lookAgain() {
    Denial denial = identity == null ? null : shared.people().mayStay(identity.person());
    if (denial != null) {
      end(FromServer.Bye.of(denial.code(), denial.afterMillis(), denial.text()));
    }
  }

  /** The client has ended its stream: what it said before is still answered. */
  public void inputEnded() {
    if (!leaving && !replies.areOver()) {
      leaveWhenAnswered();
    }
  }

  private void leaveWhenAnswered() {
    leaving = true;
    endIfAnswered();
  }

  private void endIfAnswered() {
    if (waiting() == 0 && !places.waitForAnswers()) {
      places.leaveAll();
      replies.end();
    }
  }

  /** Ends it with a reason. */
  public void end(FromServer.Bye bye) {
    if (!replies.areOver()) {
      steps.forget();
      unheard = Map.of();
      awaited = Map.of();
      pageRequests.forget();
      places.leaveAll();
      replies.end(bye);
    }
  }

  /** Somebody who may do so takes it out of a room, if it is there. */
  private void putOutOf(RoomName room, String text) {
    Place place = replies.areOver() ? null : places.putOut(room);
    if (place != null) {
      pageRequests.giveUp(place);
      replies.say(new FromServer.Left(null, place.room(), text));
      goOn();
    }
  }

  /** The connection has gone. Must be called once, whatever was before. */
  public void closed() {
    steps.forget();
    unheard = Map.of();
    awaited = Map.of();
    pageRequests.forget();
    places.leaveAll();
    if (identity != null) {
      Owner owner = identity.owner();
      if (owner != null) {
        shared.correspondence().goes(owner, named); // a visitor was not there for others
      }
      shared.people().leaves(identity.person());
    }
    if (guest != null) {
      shared.people().goes(guest);
    }
    replies.drop();
    gone.accept(this);
  }

  /** The server stops: takes nothing more. What was taken is still answered. */
  public void stop() {
    stopping = true;
  }

  /** The server stops, and everything that was taken has been answered. */
  public void sayGoodbye() {
    if (!replies.areOver()) {
      steps.giveUp();
      pageRequests.giveUp();
      personal.giveUp();
      moderator.giveUp();
      List<Runnable> refusals = List.copyOf(claims);
      claims.clear();
      refusals.forEach(Runnable::run);
      long after = ThreadLocalRandom.current().nextLong(SOONEST_MILLIS, LATEST_MILLIS);
      end(FromServer.Bye.of(Code.DRAINING, after, "The server stops, come back in a moment."));
    }
  }

  /** The server stops: those in rooms hear so from their rooms, when all has been answered. */
  void sayGoodbyeUnlessInRooms() {
    stopping = true;
    if (places.areEmpty()) {
      sayGoodbye();
    }
  }

  /**
   * The log of one of its rooms is another one.
   *
   * @param room what the server calls it
   */
  public void logIsAnother(String room) {
    Place place = places.byKey(room);
    if (place != null) {
      logIsAnother(place.room());
    }
  }

  /** The log of one of its rooms is another one: its numbers mean nothing any more. */
  void logIsAnother(RoomName room) {
    String text = "The room " + room.text() + " has another log now.";
    end(FromServer.Bye.of(Code.LOG_RESET, null, text));
  }

  /** What it has missed in a room cannot be read. It may be told another time. */
  void cannotRead(RoomName room, @Nullable Throwable failure) {
    if (ReadGate.isTrouble(failure)) {
      String text = "What was said in " + room.text() + " cannot be read for now.";
      end(FromServer.Bye.of(Code.INTERNAL, LATEST_MILLIS, text));
    } else {
      failed(failure);
    }
  }

  /** Something that should not happen happened. */
  void failed(@Nullable Throwable failure) {
    member.failed(failure == null ? new IllegalStateException("nothing was read") : failure);
  }

  /** As all others see it, if it has a name of its own. */
  private final class Named implements NamedSession {

    @Override
    public void tell(FromServer object) {
      wire.execute(() -> replies.say(object));
    }

    @Override
    public void isRead(String room, long seq) {
      wire.execute(
          () -> {
            RoomName seen =
                identity == null || identity.owner() == null
                    ? null
                    : Places.seen(identity.owner(), room);
            if (seen != null) {
              replies.say(new FromServer.Read(seen, seq));
            }
          });
    }

    @Override
    public void hear(Pair pair, long from) {
      wire.execute(() -> Session.this.hear(pair, from));
    }
  }
}
