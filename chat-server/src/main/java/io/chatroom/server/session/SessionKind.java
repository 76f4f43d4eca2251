package io.chatroom.server.session;

import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.names.Owner;
import io.chatroom.server.names.Pair;
import io.chatroom.server.room.Encoding;
import io.chatroom.server.room.Kind;
import io.chatroom.server.room.Laggards;
import io.netty.buffer.ByteBufAllocator;
import java.util.Objects;
import java.util.function.Function;

/**
 * The sessions with one framing: how their messages are encoded, and how those that lag catch up. A
 * lagging session costs the others nothing: no room waits for it, and only its position is kept.
 */
public final class SessionKind {

  /** Memory limit for the recent deliveries of all rooms together. */
  private static final long RECENT_BYTES = 8 * 1024 * 1024;

  private final Framing framing;
  private final Kinds kinds;

  private SessionKind(Framing framing, Kinds kinds) {
    this.framing = framing;
    this.kinds = kinds;
  }

  /**
   * Makes a kind of sessions.
   *
   * @param framing the form of their objects on the wire
   * @param reads limits concurrent reads, for all kinds of a server
   * @param limits maximum sizes of names and messages
   */
  public SessionKind(ByteBufAllocator allocator, Framing framing, ReadGate reads, Limits limits) {
    this(framing, kinds(encodings(allocator, framing, limits), reads, false, true));
  }

  private static Encodings encodings(ByteBufAllocator allocator, Framing framing, Limits limits) {
    // Whether the other owner of a private room is there stays private.
    return (naming, privately) ->
        new SessionEncoding(allocator, framing, limits, naming, !privately);
  }

  /**
   * Makes a kind of visitors that receive a room's messages, and do not appear in it.
   *
   * @param framing the form of their objects on the wire
   * @param reads limits concurrent reads, for all kinds of a server
   * @param limits maximum sizes of names and messages
   */
  public static SessionKind ofListeners(
      ByteBufAllocator allocator, Framing framing, ReadGate reads, Limits limits) {
    return new SessionKind(
        framing, kinds(encodings(allocator, framing, limits), reads, true, true));
  }

  /**
   * Makes a kind of visitors that wait for one answer, and receive nothing else.
   *
   * @param reads limits concurrent reads, for all kinds of a server
   */
  public static SessionKind ofAskers(ReadGate reads) {
    return new SessionKind(
        (object, out) -> {
          throw new IllegalStateException("visitors have no framing for " + object.type());
        },
        kinds((naming, privately) -> new AnswersEncoding(naming), reads, true, false));
  }

  private interface Encodings {
    Encoding of(Function<String, RoomName> naming, boolean privately);
  }

  private static Kinds kinds(Encodings encodings, ReadGate reads, boolean visit, boolean hear) {
    Recent.Budget recent = new Recent.Budget(RECENT_BYTES);
    return new Kinds(
        new InRooms(encodings.of(RoomName::of, false), reads, recent, visit),
        new InRooms(encodings.of(key -> seen(key, Pair::first), true), reads, recent, visit),
        new InRooms(encodings.of(key -> seen(key, Pair::second), true), reads, recent, visit),
        hear);
  }

  private static RoomName seen(String key, Function<Pair, Owner> by) {
    Pair pair = Objects.requireNonNull(Pair.ofKey(key), "not a private room");
    return pair.seenBy(by.apply(pair));
  }

  /** The form of their objects on the wire. */
  public Framing framing() {
    return framing;
  }

  /** The kinds of member that they are. */
  Kinds kinds() {
    return kinds;
  }

  /** The members of rooms for which they all use the same name. */
  private record InRooms(Encoding encoding, ReadGate reads, Recent.Budget recent, boolean visits)
      implements Kind {

    @Override
    public Laggards laggards(Laggards.Host host) {
      return new CatchUp(host, reads, recent);
    }
  }
}
