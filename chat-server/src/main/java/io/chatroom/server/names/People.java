package io.chatroom.server.names;

import io.chatroom.protocol.session.Code;
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
public final class People {

  private final NamesInUse inUse = new NamesInUse();

  /** Nobody owns a name and nobody is banned, to begin with. */
  public People() {
    this(new MemoryFacts());
  }

  /**
   * Knows what facts say.
   *
   * @param facts where what is to be remembered is kept
   */
  public People(Facts facts) {}

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
    if (!inUse.take(hello.name(), hello.client())) {
      return denied(Code.NAME_TAKEN, "Somebody else is here under this name, choose another.");
    }
    return new Admission.Admitted(new Person(hello.name(), hello.client(), false, address));
  }

  private static Admission denied(Code code, String text) {
    return new Admission.Denied(Denial.of(code, text));
  }

  /** Somebody who was admitted has gone. */
  public void leaves(Person person) {
    inUse.giveBack(person.name());
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
}
