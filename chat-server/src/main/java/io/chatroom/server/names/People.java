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
 * The people on a server, and their permissions. Surfaces and sessions ask here before they act for
 * somebody; answers come at once, from memory. Thread-safe.
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
  private final Admissions admissions;

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
   * @param entrance decides who may connect at all
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
   * Combines all parts.
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
    this.admissions = new Admissions(inUse, owners, bots, entrance, guests, guard.order());
    owners.keepWhile(inUse::has);
    blocks.keepOnly(owners::has);
    marks.keepOnly(owners::has);
    owners.whenEnded(blocks::forget);
    owners.whenEnded(marks::forget);
  }

  // ---- coming and going

  /** Returns true if an address is banned from connecting. Called for each connection. */
  public boolean bans(InetAddress address) {
    return guard.order().bans(address);
  }

  /**
   * Asks other servers, if necessary, before a hello is handled.
   *
   * @param address the address of the peer; null if unknown
   * @return null if there is nothing to ask; else completes, on any thread, when this must be
   *     called again, or fails if the answer is unavailable for now
   */
  public @Nullable CompletionStage<Void> needs(Hello hello, @Nullable InetAddress address) {
    return admissions.needs(hello, address);
  }

  /** Asks other servers, if necessary, before a single request is handled. */
  public @Nullable CompletionStage<Void> needs(Visitor visitor, @Nullable InetAddress address) {
    return admissions.needs(visitor, address);
  }

  /**
   * Handles a hello.
   *
   * @param address the address of the peer; null if unknown
   */
  public Admission admit(Hello hello, @Nullable InetAddress address) {
    return admissions.admit(hello, address);
  }

  /**
   * Handles a single request. Requests of the same person count as one client, so that a post that
   * is repeated with the same id is stored once.
   *
   * @param address the address of the peer; null if unknown
   */
  public Admission admit(Visitor visitor, @Nullable InetAddress address) {
    return admissions.admit(visitor, address);
  }

  /**
   * Admits a program of the seed's protocol under its name, which need not be unique and is never
   * owned.
   *
   * @param room the room that it joins
   */
  public Admission admitSeed(String name, @Nullable InetAddress address, RoomName room) {
    return admissions.admitSeed(name, address, room);
  }

  /**
   * Adds an admitted person to those present, whom moderation can remove. {@link #goes} must be
   * called at the end.
   *
   * @return why they must go, if they have just been banned; else null
   */
  public @Nullable Denial arrives(Attendee attendee) {
    guard.here().add(attendee);
    return guard.order().mayConnect(attendee.person());
  }

  /** Removes a person from those present. */
  public void goes(Attendee attendee) {
    guard.here().remove(attendee);
  }

  /**
   * Claims the name of a present person, or makes a token for another device of its owner.
   *
   * @return completes on any thread, when stored or refused; never with an exception
   */
  public CompletionStage<Claim> claim(Person person) {
    return owners.claim(person);
  }

  /** Makes a code with which a present person can use their name on another device. */
  public Link link(Person person) {
    return owners.link(person);
  }

  /** The owners of names. */
  public Owners owners() {
    return owners;
  }

  /** Releases the name of an admitted person, who has gone. */
  public void leaves(Person person) {
    if (!person.isNameless()) {
      inUse.giveBack(person.name());
    }
    if (person.owner() != null) {
      owners.recordUse(person.owner());
    }
  }

  /** The person's ownership of their name; null if they do not own it, or are a bot. */
  public @Nullable Owner owner(Person person) {
    return person.bot() == null && owners.isOwner(person.owner()) ? person.owner() : null;
  }

  /** Returns true if an ownership still exists. */
  public boolean owns(@Nullable Owner owner) {
    return owners.isOwner(owner);
  }

  /**
   * Returns true if a message of a person counts as posted by the owner of the name: by themselves,
   * or by one of their bots.
   */
  public boolean speaksAsOwner(Person person, @Nullable Owner owner) {
    return person.bot() == null ? owns(owner) : bots.isValid(person.bot());
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
   * Checks the access key of a request without a hello, such as one over HTTP.
   *
   * @param key its access key; null if it has none
   * @return why it is refused; null if it is accepted
   */
  public @Nullable Denial mayEnter(@Nullable String key, @Nullable InetAddress address) {
    return entrance.enter(key, address).denial();
  }

  /**
   * Checks whether a program at an address may use the seed's protocol.
   *
   * @return why not, for the log; null if it may
   */
  public @Nullable String mayUseSeedProtocol(@Nullable InetAddress address) {
    return entrance.deniesSeed(address);
  }

  /**
   * Checks whether an admitted person may stay, after a change of keys, bots or owners.
   *
   * @return why not; null if they may
   */
  public @Nullable Denial mayStay(Person person) {
    if (entrance.hasInvalidKey(person)) {
      return Denial.of(Code.KEY_WRONG, "The access key of this session is no longer valid.");
    }
    if (person.bot() != null) {
      return bots.isValid(person.bot())
          ? null
          : Denial.of(Code.KICKED, "The token of this bot was revoked.");
    }
    return person.owner() == null || owners.isOwner(person.owner())
        ? null
        : Denial.of(
            Code.KICKED,
            "This name was freed and is no longer yours; reconnect and claim it, or choose"
                + " another.");
  }

  /**
   * Sets the task that runs, on any thread, when {@link #mayStay} may have changed for present
   * people.
   */
  public void whenPermissionsChange(Runnable task) {
    entrance.whenKeysChange(task);
    bots.whenRevoked(task);
    owners.whenLost(owner -> task.run()); // ends the owner's sessions and bots
  }

  /** The bots of owners. */
  public Bots bots() {
    return bots;
  }

  /**
   * Checks whether a person may make a kind of request at all.
   *
   * @return why not; null if they may
   */
  public @Nullable Denial mayAsk(Person person, FromClient request) {
    return person.bot() == null ? guests.denies(person, request) : person.bot().denies(request);
  }

  /**
   * Checks whether a person may make a room by joining it, and counts it.
   *
   * @return why not; null if they may
   */
  public @Nullable Denial mayMake(Person person, RoomName room) {
    return guests.deniesNewRoom(person);
  }

  /**
   * Checks whether a person may join a room, other than a private one.
   *
   * @return why not; null if they may
   */
  public @Nullable Denial mayJoin(Person person, RoomName room) {
    return guard.order().mayJoin(person, room);
  }

  /**
   * Checks whether a person who is in a room may post there. If so, counts it as their turn in a
   * slow room.
   *
   * @return why not; null if they may
   */
  public @Nullable Denial mayTalk(Person person, RoomName room) {
    return guard.order().mayTalk(person, room);
  }

  /** The wait of a person for their next turn in a room, in milliseconds; 0 if they can post. */
  public long untilTurnMillis(Person person, RoomName room) {
    return guard.order().untilTurnMillis(person, room);
  }

  /**
   * Checks whether a person who is in a room may set its topic.
   *
   * @return why not; null if they may
   */
  public @Nullable Denial maySetTopic(Person person, RoomName room) {
    return guard.order().maySetTopic(person, room);
  }

  /**
   * Checks whether a person who is in a room may delete a message there.
   *
   * @param author the name of its author
   * @param authorOwned true if the author owned that name when they posted it
   * @param atMillis when it was posted, in milliseconds since 1970: an earlier owner of the same
   *     name is another person
   * @return why not; null if they may
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
            ? "Only the owner of a name can delete messages posted under it, and only those posted"
                + " since its claim; claim it first."
            : "Only its author and the ops of this room can delete a message.");
  }

  /** Returns true if a person may moderate a room. */
  public boolean isOp(Person person, RoomName room) {
    return guard.order().isOp(person, room);
  }

  // ---- moderation

  /** Records a deletion in the audit log, if the message was somebody else's. */
  public void deletes(Person person, RoomName room, String author, long seq) {
    if (!NamesInUse.areSame(author, person.name())) {
      guard.moderation().auditDeletion(person, room, author, seq);
    }
  }

  /** Makes a person op of a room that they have made, if they own their name. */
  public void founds(Person person, RoomName room) {
    guard.moderation().founds(person, room);
  }

  /**
   * Performs a moderation request.
   *
   * @param by its author; null for the server's own commands
   * @param crowd the people in the room, if one is named
   * @param done called, on any thread, with the reason of a refusal, or with null once the change
   *     is in force
   */
  public void moderate(
      @Nullable Person by, Moderate asked, Crowd crowd, Consumer<@Nullable Denial> done) {
    guard.moderation().moderate(by, asked, crowd, done);
  }

  /**
   * Marks names in use as used today. Call it from time to time where several servers share the
   * names.
   */
  public void useNames() {
    owners.markUsed();
  }

  /** Moderation, for the server's own commands. */
  public Guard guard() {
    return guard;
  }

  /** Deletes the rules of a room that no longer exists. */
  public void forgetRoom(String room) {
    guard.moderation().report(guard.rules().forget(room));
  }

  /** Deletes the rules of all rooms but these, after a start. */
  public void keepRooms(List<String> rooms) {
    guard.moderation().report(guard.rules().keepOnly(Set.copyOf(rooms)::contains));
  }
}
