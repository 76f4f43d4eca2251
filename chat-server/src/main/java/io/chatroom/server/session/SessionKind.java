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
 * Sessions that are carried in one way: what they get, and how those that do not keep up are
 * brought up. They cost the others nothing: nobody waits for them, and nothing is kept for them but
 * a number.
 */
public final class SessionKind {

  /** What all rooms together keep of what was delivered last. */
  private static final long RECENT_BYTES = 8 * 1024 * 1024;

  private final Framing framing;
  private final Kinds kinds;

  private SessionKind(Framing framing, Kinds kinds) {
    this.framing = framing;
    this.kinds = kinds;
  }

  /**
   * Makes a kind of members.
   *
   * @param framing how an object stands on their wire
   * @param reads who reads how much at once, for all kinds of a server
   * @param limits how long names and messages may be
   */
  public SessionKind(ByteBufAllocator allocator, Framing framing, ReadGate reads, Limits limits) {
    this(framing, kinds(encodings(allocator, framing, limits), reads, false, true));
  }

  private static Encodings encodings(ByteBufAllocator allocator, Framing framing, Limits limits) {
    // Who is in a private room is nobody's business.
    return (naming, privately) ->
        new SessionEncoding(allocator, framing, limits, naming, !privately);
  }

  /**
   * Makes a kind of visitors that hear a room, and of whom no one is told.
   *
   * @param framing how an object stands on their wire
   * @param reads who reads how much at once, for all kinds of a server
   * @param limits how long names and messages may be
   */
  public static SessionKind ofListeners(
      ByteBufAllocator allocator, Framing framing, ReadGate reads, Limits limits) {
    return new SessionKind(
        framing, kinds(encodings(allocator, framing, limits), reads, true, true));
  }

  /**
   * Makes a kind of visitors that come for one answer, and hear nothing else.
   *
   * @param reads who reads how much at once, for all kinds of a server
   */
  public static SessionKind ofAskers(ReadGate reads) {
    return new SessionKind(
        (object, out) -> {
          throw new IllegalStateException("it has no wire for " + object.type());
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
    Pair pair = Objects.requireNonNull(Pair.ofKey(key), "this is no private room");
    return pair.seenBy(by.apply(pair));
  }

  /** How an object stands on their wire. */
  public Framing framing() {
    return framing;
  }

  /** What they are in rooms. */
  Kinds kinds() {
    return kinds;
  }

  /** What they are in rooms that they know by one name. */
  private record InRooms(Encoding encoding, ReadGate reads, Recent.Budget recent, boolean visits)
      implements Kind {

    @Override
    public Laggards laggards(Laggards.Host host) {
      return new CatchUp(host, reads, recent);
    }
  }
}
