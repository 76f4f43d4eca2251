package io.chatroom.server.names;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromClient.Hello;
import io.chatroom.protocol.session.FromClient.Moderate;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.facts.MemoryFacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The people on a server, and their permissions: surfaces and sessions ask here before they act for
 * somebody. Answers at once, from memory. Thread-safe.
 */
public class People {

  private final NamesInUse inUse;
  private final Owners owners;
  private final Blocks blocks;
  private final ReadMarks marks;
  private final PrivateRooms privateRooms;
  private final Bots bots;
  private final Entrance entrance;
  private final Guests guests;
  private final Guard guard;

  /** An open server without a store. */
  public People() {
    this(noOwners());
  }

  private static Owners noOwners() {
    try {
      return Owners.open(new MemoryFacts(), InstantSource.system(), System::nanoTime, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // reading memory cannot fail
    }
  }

  /**
   * An open server that stores owners only.
   *
   * @param owners the owners of names
   */
  public People(Owners owners) {
    this(owners, new Blocks(new MemoryFacts()), new ReadMarks(new MemoryFacts(), Runnable::run));
  }

  /**
   * An open server that stores owners, their blocks and their read marks.
   *
   * @param owners the owners of names
   * @param blocks the names that they have blocked
   * @param marks their read marks
   */
  public People(Owners owners, Blocks blocks, ReadMarks marks) {
    this(owners, blocks, marks, Bots.ofMemory(owners), Entrance.open(), Guests.free());
  }

  /** A server that does not store moderation. */
  public People(
      Owners owners, Blocks blocks, ReadMarks marks, Bots bots, Entrance entrance, Guests guests) {
    this(owners, blocks, marks, bots, entrance, guests, Guard.ofNothing(owners));
  }

  /**
   * Combines all parts.
   *
   * @param owners the owners of names
   * @param blocks the names that owners have blocked
   * @param marks their read marks
   * @param bots the bots of owners
   * @param entrance decides who may come in at all
   * @param guests the permissions of people without an owned name
   * @param guard moderation
   */
  public People(
      Owners owners,
      Blocks blocks,
      ReadMarks marks,
      Bots bots,
      Entrance entrance,
      Guests guests,
      Guard guard) {
    this(owners, blocks, marks, bots, entrance, guests, guard, new NamesInUse());
  }

  /**
   * The same.
   *
   * @param inUse the names of present sessions, here or on all servers
   */
  public People(
      Owners owners,
      Blocks blocks,
      ReadMarks marks,
      Bots bots,
      Entrance entrance,
      Guests guests,
      Guard guard,
      NamesInUse inUse) {
    this.inUse = inUse;
    this.guard = guard;
    this.owners = owners;
    this.blocks = blocks;
    this.marks = marks;
    this.privateRooms = new PrivateRooms(owners, blocks);
    this.bots = bots;
    this.entrance = entrance;
    this.guests = guests;
    owners.keepWhile(inUse::has);
    blocks.keepOnly(owners::has);
    marks.keepOnly(owners::has);
    owners.whenEnded(blocks::forget);
    owners.whenEnded(marks::forget);
  }

  // ---- coming and going

  /** Whether an address is banned from connecting. Called for each connection. */
  public boolean bans(InetAddress address) {
    return guard.order().bans(address);
  }

  /**
   * Asks other servers, if necessary, before a hello is handled.
   *
   * @param address where the connection comes from; null if that is not known
   * @return null if nothing is left to ask; else completes on any thread when to call this again,
   *     or fails if the answer is unavailable for now
   */
  public @Nullable CompletionStage<Void> needs(Hello hello, @Nullable InetAddress address) {
    if (!entrance.lets(hello.key(), address)) {
      return null;
    }
    return hello.token() == null
        ? needs(hello.name(), hello.client(), address)
        : needs(hello.token());
  }

  /** The same before a single request. */
  public @Nullable CompletionStage<Void> needs(Visitor visitor, @Nullable InetAddress address) {
    String name = visitor.name();
    if (!entrance.lets(visitor.key(), address)) {
      return null;
    } else if (visitor.token() != null) {
      return needs(visitor.token());
    }
    return name == null ? null : needs(name, clientOf(name), address);
  }

  /** Waits for a token that another server may have made just now. */
  private @Nullable CompletionStage<Void> needs(String token) {
    return bots.find(token) == null ? owners.needs(token) : null;
  }

  /** No name is kept for somebody who will be refused. */
  private @Nullable CompletionStage<Void> needs(
      String name, String client, @Nullable InetAddress address) {
    Person person = new Person(name, client, null, address, null, null);
    return NamesInUse.faultOf(name) == null
            && owners.mayHave(name, client) == null
            && guard.order().mayComeIn(person) == null
        ? inUse.needs(name, client)
        : null;
  }

  /** A guest with single requests is always the same client. */
  private static String clientOf(String name) {
    return Secret.client("guest " + NamesInUse.key(name));
  }

  /**
   * Handles a hello.
   *
   * @param address where the connection comes from; null if that is not known
   */
  public Admission admit(Hello hello, @Nullable InetAddress address) {
    Entrance.Entry entry = entrance.enter(hello.key(), address);
    if (entry.denial() != null) {
      return new Admission.Denied(entry.denial());
    }
    String fault = NamesInUse.faultOf(hello.name());
    if (fault != null) {
      return denied(Code.NAME_BAD, fault);
    }
    return hello.token() == null
        ? admitGuest(hello.name(), hello.client(), address, entry.key())
        : admitOwner(hello, hello.token(), address, entry.key());
  }

  /**
   * Handles a single request. Requests of the same person count as one client, so that a post that
   * is repeated with the same id is stored once.
   *
   * @param address where the connection comes from; null if that is not known
   */
  public Admission admit(Visitor visitor, @Nullable InetAddress address) {
    Entrance.Entry entry = entrance.enter(visitor.key(), address);
    if (entry.denial() != null) {
      return new Admission.Denied(entry.denial());
    }
    String name = visitor.name();
    if (visitor.token() != null) {
      return admitOwner(name, visitor.token(), address, entry.key());
    }
    if (name == null) {
      return admitNameless(address, entry.key());
    }
    String fault = NamesInUse.faultOf(name);
    return fault == null
        ? admitGuest(name, clientOf(name), address, entry.key())
        : denied(Code.NAME_BAD, fault);
  }

  private Admission admitOwner(
      @Nullable String name, String token, @Nullable InetAddress address, @Nullable AccessKey key) {
    Bot bot = bots.find(token);
    Owner owner = bot == null ? null : bot.owner();
    if (owner == null) {
      Proof proof = owners.prove(token, address);
      if (proof instanceof Proof.Wrong wrong) {
        return new Admission.Denied(wrong.why());
      }
      owner = ((Proof.Right) proof).owner();
    }
    if (name != null && !NamesInUse.areSame(name, owner.name())) {
      return denied(Code.TOKEN_WRONG, "This token is not that of the name, leave the name out.");
    }
    String client = Secret.client("owner " + owner.id() + " " + owner.name());
    return admitOwner(new Person(owner.name(), client, owner, address, key, bot), client);
  }

  private Admission admitNameless(@Nullable InetAddress address, @Nullable AccessKey key) {
    if (!guests.areWelcome()) {
      return denied(
          Code.TOKEN_WRONG, "This server is for those who own their name, come with its token.");
    }
    Person person = new Person("", null, null, address, key, null);
    Denial denial = guard.order().mayComeIn(person);
    return denial == null ? new Admission.Admitted(person) : new Admission.Denied(denial);
  }

  private Admission admitGuest(
      String name, String client, @Nullable InetAddress address, @Nullable AccessKey key) {
    Denial denial = owners.mayHave(name, client);
    if (denial != null) {
      return new Admission.Denied(denial);
    }
    Person person = new Person(name, client, null, address, key, null);
    denial = guard.order().mayComeIn(person);
    if (denial != null) {
      return new Admission.Denied(denial);
    }
    if (!inUse.take(name, client)) {
      return denied(Code.NAME_TAKEN, "Somebody else is here under this name, choose another.");
    }
    return new Admission.Admitted(person);
  }

  /** Uses the spelling of the claim, whatever the spelling of the request. */
  private Admission admitOwner(
      Hello hello, String token, @Nullable InetAddress address, @Nullable AccessKey key) {
    Bot bot = bots.find(hello.name(), token);
    if (bot != null) {
      return admitOwner(
          new Person(bot.owner().name(), hello.client(), bot.owner(), address, key, bot),
          hello.client());
    }
    Proof proof = owners.prove(hello.name(), token, address);
    if (proof instanceof Proof.Wrong wrong) {
      return new Admission.Denied(wrong.why());
    }
    Owner owner = ((Proof.Right) proof).owner();
    return admitOwner(
        new Person(owner.name(), hello.client(), owner, address, key, null), hello.client());
  }

  private Admission admitOwner(Person person, String client) {
    Denial denial = guard.order().mayComeIn(person);
    if (denial != null) {
      return new Admission.Denied(denial);
    }
    inUse.takeOwned(person.name(), client);
    return new Admission.Admitted(person);
  }

  private static Admission denied(Code code, String text) {
    return new Admission.Denied(Denial.of(code, text));
  }

  /**
   * Admits a program of the seed's protocol under its name, which need not be unique and is never
   * owned.
   *
   * @param room the room that it joins
   */
  public Admission admitSeed(String name, @Nullable InetAddress address, RoomName room) {
    Person person = new Person(name, null, address);
    Denial denial = guard.order().mayComeIn(person);
    if (denial == null) {
      denial = guard.order().mayJoin(person, room);
    }
    return denial == null ? new Admission.Admitted(person) : new Admission.Denied(denial);
  }

  /**
   * An admitted person is present, and can be removed from now on; {@link #goes} must be called at
   * the end.
   *
   * @return why they must go, if they were banned just now; else null
   */
  public @Nullable Denial arrives(Attendee attendee) {
    guard.here().add(attendee);
    return guard.order().mayComeIn(attendee.person());
  }

  /** A present person has gone. */
  public void goes(Attendee attendee) {
    guard.here().remove(attendee);
  }

  /**
   * A present person claims their name, or a token for another device.
   *
   * @return completes on any thread, when stored or refused; never with an exception
   */
  public CompletionStage<Claim> claim(Person person) {
    return owners.claim(person);
  }

  /** A present person asks for a code that brings their name to another device. */
  public Link link(Person person) {
    return owners.link(person);
  }

  /** The owners of names. */
  public Owners owners() {
    return owners;
  }

  /** An admitted person has gone. */
  public void leaves(Person person) {
    if (!person.isNameless()) {
      inUse.giveBack(person.name());
    }
    if (person.owner() != null) {
      owners.wasHere(person.owner());
    }
  }

  /** The person's ownership of their name; null if they do not own it, or are a bot. */
  public @Nullable Owner owner(Person person) {
    return person.bot() == null && owners.isOwner(person.owner()) ? person.owner() : null;
  }

  /** Whether a person who owned their name still does. */
  public boolean owns(@Nullable Owner owner) {
    return owners.isOwner(owner);
  }

  /**
   * Whether a message of a person would count as owned: under their own name, or a bot's owner's.
   */
  public boolean speaksAsOwner(Person person, @Nullable Owner owner) {
    return person.bot() == null ? owns(owner) : bots.isGood(person.bot());
  }

  /** The names that owners have blocked. */
  public Blocks blocks() {
    return blocks;
  }

  /** The read marks of owners. */
  public ReadMarks marks() {
    return marks;
  }

  /** The rules of private rooms. */
  public PrivateRooms privateRooms() {
    return privateRooms;
  }

  /**
   * Whether a request without a hello, such as one over HTTP, is accepted.
   *
   * @param key its access key; null if it has none
   * @return the reason if not, else null
   */
  public @Nullable Denial mayEnter(@Nullable String key, @Nullable InetAddress address) {
    return entrance.enter(key, address).denial();
  }

  /**
   * Why a program of the seed's protocol may not come in.
   *
   * @return the reason, for the log; null if it may
   */
  public @Nullable String whyNoSeedMember(@Nullable InetAddress address) {
    return entrance.deniesSeed(address);
  }

  /**
   * Why an admitted person must go, after something has changed.
   *
   * @return the reason if not, else null
   */
  public @Nullable Denial mayStay(Person person) {
    if (entrance.hasClosedFor(person)) {
      return Denial.of(Code.KEY_WRONG, "The access key of this session lets nobody in any more.");
    }
    if (person.bot() != null) {
      return bots.isGood(person.bot())
          ? null
          : Denial.of(Code.KICKED, "The token of this bot was revoked.");
    }
    return person.owner() == null || owners.isOwner(person.owner())
        ? null
        : Denial.of(
            Code.KICKED,
            "This name was freed and is not yours any more; come again and claim it, or choose"
                + " another.");
  }

  /**
   * Sets the task that runs, on any thread, when present people may have to go: {@link #mayStay}
   * tells who.
   */
  public void whenSomebodyHasToGo(Runnable task) {
    entrance.whenAKeyHasGone(task);
    bots.whenOneHasGone(task);
    owners.whenLost(owner -> task.run()); // ends the owner's sessions and bots
  }

  /** The bots of owners. */
  public Bots bots() {
    return bots;
  }

  /**
   * Why a person may not make a kind of request at all.
   *
   * @return the reason if not, else null
   */
  public @Nullable Denial mayAsk(Person person, FromClient request) {
    return person.bot() == null ? guests.denies(person, request) : person.bot().denies(request);
  }

  /**
   * A person wants to join a room that does not exist yet.
   *
   * @return why the room is not made; null if it is
   */
  public @Nullable Denial mayMake(Person person, RoomName room) {
    return guests.deniesNewRoom(person);
  }

  /**
   * Why a person may not join a room, other than a private one.
   *
   * @return the reason if not, else null
   */
  public @Nullable Denial mayJoin(Person person, RoomName room) {
    return guard.order().mayJoin(person, room);
  }

  /**
   * Why a person who is in a room may not post there. If they may, that counts as their turn in a
   * slow room.
   *
   * @return the reason if not, else null
   */
  public @Nullable Denial mayTalk(Person person, RoomName room) {
    return guard.order().mayTalk(person, room);
  }

  /** How long a person must wait for the next turn in a room, in milliseconds; 0 for none. */
  public long untilTurnMillis(Person person, RoomName room) {
    return guard.order().untilTurnMillis(person, room);
  }

  /**
   * Why a person who is in a room may not set its topic.
   *
   * @return the reason if not, else null
   */
  public @Nullable Denial maySetTopic(Person person, RoomName room) {
    return guard.order().maySetTopic(person, room);
  }

  /**
   * Why a person who is in a room may not delete a message there.
   *
   * @param author the name of its author
   * @param authorOwned whether the author owned that name at the time
   * @param atMillis that time, since 1970: an earlier owner of the same name is another person
   * @return the reason if not, else null
   */
  public @Nullable Denial mayDelete(
      Person person, RoomName room, String author, boolean authorOwned, long atMillis) {
    if (isOp(person, room)) {
      return null;
    }
    boolean isAuthor = NamesInUse.areSame(author, person.name());
    if (isAuthor
        && authorOwned
        && owners.isOwner(person.owner())
        && owners.belongedAt(person.name(), atMillis)) {
      return null;
    }
    return Denial.of(
        Code.FORBIDDEN,
        isAuthor
            ? "Only who owns the name can delete what was said under it, claim it first; what was"
                + " said before that, or by an earlier owner, stays."
            : "Only its author and those who keep order here can delete a message.");
  }

  /** Whether a person may moderate a room. */
  public boolean isOp(Person person, RoomName room) {
    return guard.order().isOp(person, room);
  }

  // ---- moderation

  /** A person deletes a message; the deletion of another's message is moderation. */
  public void deletes(Person person, RoomName room, String author, long seq) {
    if (!NamesInUse.areSame(author, person.name())) {
      guard.moderation().tellDeleted(person, room, author, seq);
    }
  }

  /** A person is the first in a new room, and becomes its op. */
  public void founds(Person person, RoomName room) {
    guard.moderation().founds(person, room);
  }

  /**
   * A person moderates.
   *
   * @param by its author; null for a command of the server's own
   * @param crowd the people in the room, if one is named
   * @param done called, on any thread, with the reason of a refusal, or with null once it is in
   *     force
   */
  public void moderate(
      @Nullable Person by, Moderate asked, Crowd crowd, Consumer<@Nullable Denial> done) {
    guard.moderation().moderate(by, asked, crowd, done);
  }

  /**
   * Marks names in use as used today. Call it now and then where several servers share the names.
   */
  public void useNames() {
    owners.useThoseHere();
  }

  /** Moderation, for the server's own commands. */
  public Guard guard() {
    return guard;
  }

  /** A room no longer exists, and nothing of it is kept: deletes its rules. */
  public void forgetRoom(String room) {
    guard.moderation().report(guard.rules().forget(room));
  }

  /** The same for all rooms except these, after a start. */
  public void keepRooms(List<String> rooms) {
    guard.moderation().report(guard.rules().keepOnly(Set.copyOf(rooms)::contains));
  }
}
