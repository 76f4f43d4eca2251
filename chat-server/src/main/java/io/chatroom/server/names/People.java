package io.chatroom.server.names;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient.Hello;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.facts.Facts;
import io.chatroom.server.facts.MemoryFacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Who is here, and what each may do: what surfaces and sessions ask before they do something for
 * somebody. Answers at once, from memory. Thread-safe.
 */
public final class People {

  /** So long marks of what was read are gathered before they are stored. */
  private static final long GATHERED_MILLIS = 500;

  private final NamesInUse inUse = new NamesInUse();
  private final Ownership owners;
  private final Blocks blocks;
  private final ReadMarks marks;
  private final PrivateRooms privateRooms;

  /** Of a server that nobody owns a name of, and that remembers nothing. */
  public People() {
    try {
      this.owners = name -> null;
      MemoryFacts facts = new MemoryFacts();
      this.blocks = new Blocks(facts);
      this.marks = new ReadMarks(facts, Runnable::run);
      this.privateRooms = new PrivateRooms(owners, blocks);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory is always there
    }
  }

  /**
   * Of a server that remembers.
   *
   * @throws IOException if what is remembered cannot be read; the message is one sentence for
   *     people
   */
  public People(Facts facts, Ownership owners) throws IOException {
    this(facts, owners, CompletableFuture.delayedExecutor(GATHERED_MILLIS, TimeUnit.MILLISECONDS));
  }

  /**
   * The same.
   *
   * @param later runs a task in a moment
   */
  public People(Facts facts, Ownership owners, Executor later) throws IOException {
    this.owners = owners;
    this.blocks = new Blocks(facts);
    this.marks = new ReadMarks(facts, later);
    this.privateRooms = new PrivateRooms(owners, blocks);
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
    if (!inUse.take(hello.name(), hello.client())) {
      return denied(Code.NAME_TAKEN, "Somebody else is here under this name, choose another.");
    }
    boolean owned = owners.ownerOf(hello.name()) != null;
    return new Admission.Admitted(new Person(hello.name(), hello.client(), owned, address));
  }

  private static Admission denied(Code code, String text) {
    return new Admission.Denied(Denial.of(code, text));
  }

  /** Somebody who was admitted has gone. */
  public void leaves(Person person) {
    inUse.giveBack(person.name());
  }

  /** The ownership of somebody's name; null if it is not somebody's own. */
  public @Nullable Owner owner(Person person) {
    return person.owned() ? owners.ownerOf(person.name()) : null;
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
   * Whether somebody may come into a room that is not private.
   *
   * @return why not; null if so
   */
  public @Nullable Denial mayJoin(Person person, RoomName room) {
    return null;
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
