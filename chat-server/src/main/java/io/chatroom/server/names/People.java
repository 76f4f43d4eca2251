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
 * Who is here, and what each may do: what surfaces and sessions ask before they do something for
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

  /** Nobody owns a name to begin with, and nothing is remembered after the end. */
  public People() {
    this(noOwners());
  }

  private static Owners noOwners() {
    try {
      return Owners.open(new MemoryFacts(), InstantSource.system(), System::nanoTime, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory can be read
    }
  }

  /**
   * Knows who owns which name, and remembers nothing else after the end.
   *
   * @param owners with what proves it
   */
  public People(Owners owners) {
    this(owners, new Blocks(new MemoryFacts()), new ReadMarks(new MemoryFacts(), Runnable::run));
  }

  /**
   * Knows who owns which name, and what owners want to be remembered, on an open server.
   *
   * @param owners with what proves it
   * @param blocks whom they want to hear nothing of
   * @param marks how far they have read
   */
  public People(Owners owners, Blocks blocks, ReadMarks marks) {
    this(owners, blocks, marks, Bots.ofMemory(owners), Entrance.open(), Guests.free());
  }

  /** Gathers those who decide, where nothing that keeps order is remembered after the end. */
  public People(
      Owners owners, Blocks blocks, ReadMarks marks, Bots bots, Entrance entrance, Guests guests) {
    this(owners, blocks, marks, bots, entrance, guests, Guard.ofNothing(owners));
  }

  /**
   * Gathers those who decide.
   *
   * @param owners who owns which name
   * @param blocks whom owners want to hear nothing of
   * @param marks how far they have read
   * @param bots who comes in with a token of a bot
   * @param entrance who may come in at all
   * @param guests what those may do who own no name
   * @param guard what those have laid down who keep order
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
   * @param inUse which names sessions have, here or on all servers
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

  // ---- who comes and goes

  /** Whether an address may not even connect. It is asked for each connection. */
  public boolean bans(InetAddress address) {
    return guard.order().bans(address);
  }

  /**
   * What has to be known before somebody says hello.
   *
   * @param address where the connection comes from; null if that is not known
   * @return null if nothing, or nothing more; done on any thread when it is worth to call this
   *     again, and failed where it cannot be known for now
   */
  public @Nullable CompletionStage<Void> needs(Hello hello, @Nullable InetAddress address) {
    if (!entrance.lets(hello.key(), address)) {
      return null;
    }
    return hello.token() == null
        ? needs(hello.name(), hello.client(), address)
        : needs(hello.token());
  }

  /** The same before somebody comes for one request. */
  public @Nullable CompletionStage<Void> needs(Visitor visitor, @Nullable InetAddress address) {
    String name = visitor.name();
    if (!entrance.lets(visitor.key(), address)) {
      return null;
    } else if (visitor.token() != null) {
      return needs(visitor.token());
    }
    return name == null ? null : needs(name, clientOf(name), address);
  }

  /** A token may have been made on another server just now. */
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

  /** A guest that comes for one request is always the same client. */
  private static String clientOf(String name) {
    return Secret.client("guest " + NamesInUse.key(name));
  }

  /**
   * Somebody says hello.
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
   * Somebody comes for one request. It stands for the same client each time, so that what it says
   * twice with one id is said once.
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

  /** It is called as the name was claimed, however it writes that now. */
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
   * A program of the seed's protocol says its name, which need not be unique and is never owned.
   *
   * @param room where it comes in
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
   * Somebody who was admitted is here, and can be put out from now on; {@link #goes} must be called
   * in the end.
   *
   * @return why it cannot stay: it was banned just now
   */
  public @Nullable Denial arrives(Attendee attendee) {
    guard.here().add(attendee);
    return guard.order().mayComeIn(attendee.person());
  }

  /** Somebody who arrived has gone. */
  public void goes(Attendee attendee) {
    guard.here().remove(attendee);
  }

  /**
   * Somebody who is here claims its name, or a token for another device.
   *
   * @return completed on any thread, when that is safe or refused; never with an exception
   */
  public CompletionStage<Claim> claim(Person person) {
    return owners.claim(person);
  }

  /** Somebody who is here asks for a code that brings its name to another device. */
  public Link link(Person person) {
    return owners.link(person);
  }

  /** Who owns which name. */
  public Owners owners() {
    return owners;
  }

  /** Somebody who was admitted has gone. */
  public void leaves(Person person) {
    if (!person.isNameless()) {
      inUse.giveBack(person.name());
    }
    if (person.owner() != null) {
      owners.wasHere(person.owner());
    }
  }

  /** The ownership of somebody's name; null if it is not somebody's own, or a bot asks. */
  public @Nullable Owner owner(Person person) {
    return person.bot() == null && owners.isOwner(person.owner()) ? person.owner() : null;
  }

  /** Whether somebody who owned its name does so still. */
  public boolean owns(@Nullable Owner owner) {
    return owners.isOwner(owner);
  }

  /** Whether what somebody says now is said under a name of its own, or of its bot's owner. */
  public boolean speaksAsOwner(Person person, @Nullable Owner owner) {
    return person.bot() == null ? owns(owner) : bots.isGood(person.bot());
  }

  /** Whom owners of names want to hear nothing of. */
  public Blocks blocks() {
    return blocks;
  }

  /** How far they have read. */
  public ReadMarks marks() {
    return marks;
  }

  /** Who may be in rooms of two. */
  public PrivateRooms privateRooms() {
    return privateRooms;
  }

  /**
   * Whether a request without a hello may be looked at, such as one over HTTP.
   *
   * @param key the access key that came with it; null if none did
   * @return why not; null if so
   */
  public @Nullable Denial mayEnter(@Nullable String key, @Nullable InetAddress address) {
    return entrance.enter(key, address).denial();
  }

  /**
   * Whether a program of the seed's protocol may come in.
   *
   * @return why not, for the log; null if so
   */
  public @Nullable String whyNoSeedMember(@Nullable InetAddress address) {
    return entrance.deniesSeed(address);
  }

  /**
   * Whether somebody who was admitted may stay, after something has changed.
   *
   * @return why not; null if so
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
   * What is run, on any thread, when somebody who is here may have to go: {@link #mayStay} tells
   * who.
   */
  public void whenSomebodyHasToGo(Runnable task) {
    entrance.whenAKeyHasGone(task);
    bots.whenOneHasGone(task);
    owners.whenLost(owner -> task.run()); // its sessions go with it, and its bots
  }

  /** Those who come in with the token of a bot. */
  public Bots bots() {
    return bots;
  }

  /**
   * Whether somebody may ask for something at all, wherever it is.
   *
   * @return why not; null if so
   */
  public @Nullable Denial mayAsk(Person person, FromClient request) {
    return person.bot() == null ? guests.denies(person, request) : person.bot().denies(request);
  }

  /**
   * Somebody wants to come into a room that is not there yet.
   *
   * @return why it is not made; null if it is
   */
  public @Nullable Denial mayMake(Person person, RoomName room) {
    return guests.deniesNewRoom(person);
  }

  /**
   * Whether somebody may come into a room that is not private.
   *
   * @return why not; null if so
   */
  public @Nullable Denial mayJoin(Person person, RoomName room) {
    return guard.order().mayJoin(person, room);
  }

  /**
   * Whether somebody who is in a room may say something there. That it may counts as its turn, in a
   * room in which people take turns.
   *
   * @return why not; null if so
   */
  public @Nullable Denial mayTalk(Person person, RoomName room) {
    return guard.order().mayTalk(person, room);
  }

  /**
   * How long somebody has to wait for its next turn in a room, in milliseconds; 0 if not at all.
   */
  public long untilTurnMillis(Person person, RoomName room) {
    return guard.order().untilTurnMillis(person, room);
  }

  /**
   * Whether somebody who is in a room may say what it is about.
   *
   * @return why not; null if so
   */
  public @Nullable Denial maySetTopic(Person person, RoomName room) {
    return guard.order().maySetTopic(person, room);
  }

  /**
   * Whether somebody who is in a room may delete a message there.
   *
   * @param author the name under which it was said
   * @param authorOwned whether that name belonged to its author when it was said
   * @param atMillis when that was, since 1970: an earlier owner of the same name is another person
   * @return why not; null if so
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

  /** Whether somebody keeps order in a room. */
  public boolean isOp(Person person, RoomName room) {
    return guard.order().isOp(person, room);
  }

  // ---- keeping order

  /** Somebody deletes a message: what others said is deleted by those who keep order. */
  public void deletes(Person person, RoomName room, String author, long seq) {
    if (!NamesInUse.areSame(author, person.name())) {
      guard.moderation().tellDeleted(person, room, author, seq);
    }
  }

  /** Somebody is the first in a room in which nothing was ever said: it keeps order there. */
  public void founds(Person person, RoomName room) {
    guard.moderation().founds(person, room);
  }

  /**
   * Somebody keeps order.
   *
   * @param by who; null is a command of the server's own
   * @param crowd who is in the room, where one is named
   * @param done gets why that is not done, or null once it holds; on any thread
   */
  public void moderate(
      @Nullable Person by, Moderate asked, Crowd crowd, Consumer<@Nullable Denial> done) {
    guard.moderation().moderate(by, asked, crowd, done);
  }

  /**
   * Names of their owners are used today. To be called now and then where several servers know the
   * same names.
   */
  public void useNames() {
    owners.useThoseHere();
  }

  /** Who may do what; what commands of the server's own ask. */
  public Guard guard() {
    return guard;
  }

  /** A room is there no more, and nothing of it is kept: neither is what was laid down there. */
  public void forgetRoom(String room) {
    guard.moderation().report(guard.rules().forget(room));
  }

  /** The same of all rooms but those that are there, after a start. */
  public void keepRooms(List<String> rooms) {
    guard.moderation().report(guard.rules().keepOnly(Set.copyOf(rooms)::contains));
  }
}
