package io.chatroom.server.names;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromClient.Hello;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.facts.Facts;
import io.chatroom.server.facts.MemoryFacts;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who is here, and what each may do: what surfaces and sessions ask before they do something for
 * somebody. Answers at once, from memory. Thread-safe.
 */
public class People {

  private final NamesInUse inUse = new NamesInUse();
  private final Entrance entrance;
  private final Guests guests;

  /** Nobody owns a name and nobody is banned, to begin with; anybody may do everything. */
  public People() {
    this(new MemoryFacts());
  }

  /**
   * Knows what facts say, on an open server.
   *
   * @param facts where what is to be remembered is kept
   */
  public People(Facts facts) {
    this(facts, Entrance.open(), Guests.free());
  }

  /**
   * Knows what facts say, and gathers those who decide.
   *
   * @param facts where what is to be remembered is kept
   * @param entrance who may come in at all
   * @param guests what those may do who own no name
   */
  public People(Facts facts, Entrance entrance, Guests guests) {
    this.entrance = entrance;
    this.guests = guests;
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
    if (!inUse.take(hello.name(), hello.client())) {
      return denied(Code.NAME_TAKEN, "Somebody else is here under this name, choose another.");
    }
    return new Admission.Admitted(
        new Person(hello.name(), hello.client(), false, address, entry.key()));
  }

  private static Admission denied(Code code, String text) {
    return new Admission.Denied(Denial.of(code, text));
  }

  /** Somebody who was admitted has gone. */
  public void leaves(Person person) {
    inUse.giveBack(person.name());
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
    return entrance.hasClosedFor(person)
        ? Denial.of(Code.KEY_WRONG, "The access key of this session lets nobody in any more.")
        : null;
  }

  /**
   * Whether somebody may ask for something at all, wherever it is.
   *
   * @return why not; null if so
   */
  public @Nullable Denial mayAsk(Person person, FromClient request) {
    return guests.denies(person, request);
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
   * Whether somebody may come into a room.
   *
   * @return why not; null if so
   */
  public @Nullable Denial mayJoin(Person person, RoomName room) {
    return room.isPrivate() ? Denial.of(Code.NO_ROOM, "This server has no private rooms.") : null;
  }

  /**
   * Whether somebody who is in a room may say something there.
   *
   * @return why not; null if so
   */
  public @Nullable Denial mayTalk(Person person, RoomName room) {
    return null;
  }

  /**
   * Whether somebody who is in a room may say what it is about.
   *
   * @return why not; null if so
   */
  public @Nullable Denial maySetTopic(Person person, RoomName room) {
    return null;
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
