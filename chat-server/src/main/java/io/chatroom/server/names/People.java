package io.chatroom.server.names;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient.Hello;
import io.chatroom.protocol.session.FromClient.Moderate;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.facts.Facts;
import io.chatroom.server.facts.MemoryFacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who is here, and what each may do: what surfaces and sessions ask before they do something for
 * somebody. Answers at once, from memory. Thread-safe.
 */
public class People {

  private final NamesInUse inUse = new NamesInUse();
  private final Here here = new Here();
  private final Predicate<Hello> owns;
  private final Rules rules;
  private final Order order;
  private final Moderation moderation;

  /** Nobody owns a name and nobody is banned, to begin with. */
  public People() {
    this(hello -> false);
  }

  /** The same, where some own their names. */
  public People(Predicate<Hello> owns) {
    this.owns = owns;
    Facts facts = new MemoryFacts();
    try {
      rules = new Rules(facts, InstantSource.system());
      order = new Order(rules);
      moderation = new Moderation(rules, order, here, new Audit(facts), here::hasOwner);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory can be read
    }
  }

  /**
   * Knows what facts say.
   *
   * @param facts where what is to be remembered is kept
   * @throws IOException if that cannot be read; the message is one sentence for people
   */
  public People(Facts facts, InstantSource clock) throws IOException {
    this(facts, clock, hello -> false);
  }

  People(Facts facts, InstantSource clock, Predicate<Hello> owns) throws IOException {
    this.owns = owns;
    rules = new Rules(facts, clock);
    order = new Order(rules);
    moderation = new Moderation(rules, order, here, new Audit(facts), here::hasOwner);
  }

  // ---- who comes and goes

  /** Whether an address may not even connect. It is asked for each connection. */
  public boolean bans(InetAddress address) {
    return order.bans(address);
  }

  /**
   * Somebody says hello.
   *
   * @param address where the connection comes from; null if that is not known
   */
  public Admission admit(Hello hello, @Nullable InetAddress address) {
    String fault = NamesInUse.faultOf(hello.name());
    if (fault != null) {
      return denied(Code.NAME_BAD, fault);
    }
    Person person = new Person(hello.name(), hello.client(), owns.test(hello), address);
    Denial denial = order.mayComeIn(person);
    if (denial != null) {
      return new Admission.Denied(denial);
    }
    if (!inUse.take(hello.name(), hello.client())) {
      return denied(Code.NAME_TAKEN, "Somebody else is here under this name, choose another.");
    }
    return new Admission.Admitted(person);
  }

  private static Admission denied(Code code, String text) {
    return new Admission.Denied(Denial.of(code, text));
  }

  /**
   * A program of the seed's protocol says its name, which need not be unique and is never owned.
   *
   * @param room where it comes in
   */
  public Admission admitSeed(String name, @Nullable InetAddress address, RoomName room) {
    Person person = new Person(name, null, false, address);
    Denial denial = order.mayComeIn(person);
    if (denial == null) {
      denial = order.mayJoin(person, room);
    }
    return denial == null ? new Admission.Admitted(person) : new Admission.Denied(denial);
  }

  /**
   * Somebody who was admitted is here, and can be put out from now on; {@link #goes} must be called
   * in the end.
   *
   * @return why it cannot stay: it was banned just now
   */
  public @Nullable Denial arrives(Attendee attendee) {
    here.add(attendee);
    return order.mayComeIn(attendee.person());
  }

  /** Somebody who arrived has gone. */
  public void goes(Attendee attendee) {
    here.remove(attendee);
  }

  /** Somebody who was admitted has gone. */
  public void leaves(Person person) {
    inUse.giveBack(person.name());
  }

  // ---- what each may do

  /**
   * Whether somebody may come into a room.
   *
   * @return why not; null if so
   */
  public @Nullable Denial mayJoin(Person person, RoomName room) {
    return room.isPrivate()
        ? Denial.of(Code.NO_ROOM, "This server has no private rooms.")
        : order.mayJoin(person, room);
  }

  /**
   * Whether somebody who is in a room may say something there. That it may counts as its turn, in a
   * room in which people take turns.
   *
   * @return why not; null if so
   */
  public @Nullable Denial mayTalk(Person person, RoomName room) {
    return order.mayTalk(person, room);
  }

  /**
   * How long somebody has to wait for its next turn in a room, in milliseconds; 0 if not at all.
   */
  public long untilTurnMillis(Person person, RoomName room) {
    return order.untilTurnMillis(person, room);
  }

  /**
   * Whether somebody who is in a room may say what it is about.
   *
   * @return why not; null if so
   */
  public @Nullable Denial maySetTopic(Person person, RoomName room) {
    return order.maySetTopic(person, room);
  }

  /** Whether somebody keeps order in a room. */
  public boolean isOp(Person person, RoomName room) {
    return order.isOp(person, room);
  }

  // ---- keeping order

  /** Somebody is the first in a room in which nothing was ever said: it keeps order there. */
  public void founds(Person person, RoomName room) {
    if (person.owned() && !room.isPrivate()) {
      moderation.founds(person, room);
    }
  }

  /**
   * Somebody keeps order.
   *
   * @param crowd who is in the room, where one is named
   * @param done gets why that is not done, or null once it holds; on any thread
   */
  public void moderate(Person by, Moderate asked, Crowd crowd, Consumer<@Nullable Denial> done) {
    moderation.moderate(by, asked, crowd, done);
  }

  /**
   * Makes a name an operator's, or takes that back.
   *
   * @return completed when that is safe, and holds; as {@link Facts#change}
   */
  public CompletionStage<Void> operator(String name, boolean isOne) {
    return moderation.operator(name, isOne);
  }

  /** A room is there no more, and nothing of it is kept: neither is what was laid down there. */
  public void forgetRoom(String room) {
    moderation.report(rules.forget(room));
  }

  /** The same of all rooms but those that are there, after a start. */
  public void keepRooms(List<String> rooms) {
    moderation.report(this.rules.keepOnly(rooms::contains));
  }

  /**
   * Whether somebody who is in a room may delete a message there.
   *
   * @param author the name under which it was said
   * @param authorOwned whether that name belonged to its author when it was said
   * @return why not; null if so
   */
  public @Nullable Denial mayDelete(
      Person person, RoomName room, String author, boolean authorOwned) {
    if (isOp(person, room)) {
      return null;
    }
    boolean isAuthor = NamesInUse.key(author).equals(NamesInUse.key(person.name()));
    if (isAuthor && authorOwned && person.owned()) {
      return null;
    }
    return Denial.of(
        Code.FORBIDDEN,
        isAuthor
            ? "Only who owns the name can delete what was said under it, claim it first; what was"
                + " said before that stays."
            : "Only its author and those who keep order here can delete a message.");
  }
}
