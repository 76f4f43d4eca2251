package io.chatroom.protocol.session;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client says. Each record keeps the bounds of the page: its constructor throws an {@link
 * IllegalArgumentException}, whose message is one sentence for people, where one is not kept. A
 * {@code q} is the client's own mark on a request and comes back on its answer. All are immutable:
 * threads may share them.
 */
public sealed interface FromClient {

  /** The {@code type} on the wire. */
  String type();

  /**
   * Who comes: the first object of a client. Its secrets are not in {@link #toString}. Immutable,
   * for any thread.
   *
   * @param name what others shall see
   * @param client 32 hexadecimal digits, kept by the client for ever and shown to no one: an id of
   *     a post is unique beside it
   * @param token proves that an owned name belongs to this client
   * @param key lets in where a server asks for one
   * @param agent the program and its version, for the server's log
   * @param rooms what to join at once, each room once
   */
  record Hello(
      String name,
      String client,
      @Nullable String token,
      @Nullable String key,
      @Nullable String agent,
      List<Wish> rooms)
      implements FromClient {

    private static final Pattern CLIENT = Pattern.compile("[0-9a-fA-F]{32}");

    /** The version that this package speaks. */
    public static final int VERSION = 2;

    public Hello {
      Check.text("name", name);
      if (!CLIENT.matcher(client).matches()) {
        // The value is a secret.
        throw new IllegalArgumentException(
            "client has " + client.length() + " characters, expected 32 hexadecimal digits");
      }
      client = client.toLowerCase(Locale.ROOT);
      Check.optionalText("token", token, 1, SessionLimits.MAX_SECRET_BYTES);
      Check.optionalText("key", key, 1, SessionLimits.MAX_SECRET_BYTES);
      Check.optionalText("agent", agent, 0, SessionLimits.MAX_AGENT_BYTES);
      rooms = Check.list("rooms", rooms, SessionLimits.MAX_ROOMS);
      Set<RoomName> seen = new HashSet<>();
      for (Wish wish : rooms) {
        if (!seen.add(wish.room())) {
          throw new IllegalArgumentException(
              "rooms has " + Check.show(wish.room().text()) + " twice, expected each room once");
        }
      }
    }

    @Override
    public String type() {
      return "hello";
    }

    @Override
    public String toString() {
      return "Hello[name=" + name + ", agent=" + agent + ", rooms=" + rooms + "]";
    }
  }

  /**
   * A room that a hello asks for, and from where on. Immutable, for any thread.
   *
   * @param room which
   * @param after what the client has already, or null
   * @param last how many of the newest to begin with, or null; not both
   */
  record Wish(RoomName room, @Nullable Position after, @Nullable Long last) {
    public Wish {
      checkStart(after, last);
    }
  }

  /**
   * Joins a room, from a place on, with its newest, or live only. Immutable, for any thread.
   *
   * @param room which; it is made if there is none
   * @param after what the client has already, or null
   * @param last how many of the newest to begin with, or null; not both
   */
  record Join(@Nullable String q, RoomName room, @Nullable Position after, @Nullable Long last)
      implements FromClient {
    public Join {
      checkQ(q);
      checkStart(after, last);
    }

    @Override
    public String type() {
      return "join";
    }
  }

  /** Leaves a room. Immutable, for any thread. */
  record Leave(@Nullable String q, RoomName room) implements FromClient {
    public Leave {
      checkQ(q);
    }

    @Override
    public String type() {
      return "leave";
    }
  }

  /**
   * Says something in a room. Immutable, for any thread.
   *
   * @param id unique for this client; the same id again is the same post
   * @param text of any length here; the server has a limit
   * @param replyTo the number of the message that this is an answer to
   */
  record Post(String id, RoomName room, String text, @Nullable Long replyTo) implements FromClient {
    public Post {
      Check.text("id", id, 1, SessionLimits.MAX_ID_BYTES);
      Check.text("text", text);
      Check.optionalInteger("replyTo", replyTo, 1);
    }

    @Override
    public String type() {
      return "post";
    }
  }

  /** On which side of a number a page of history lies. Constants, for any thread. */
  enum Side {
    /** The entries with smaller numbers, nearest first to be taken. */
    BEFORE,
    /** The entries with larger numbers. */
    AFTER,
    /** Entries on both sides, and the one with the number itself. */
    AROUND;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The name of the field on the wire. */
    public String text() {
      return text;
    }
  }

  /**
   * Asks for a page of what was said in a room. Immutable, for any thread.
   *
   * @param side on which side of {@code seq}
   * @param seq the number from which to look; it need not exist
   * @param limit how many at most, 1 to 200
   */
  record History(String q, RoomName room, Side side, long seq, int limit) implements FromClient {
    public History {
      checkQ(q);
      Check.integer(side.text(), seq);
      Check.integer("limit", limit, 1, SessionLimits.MAX_HISTORY);
    }

    @Override
    public String type() {
      return "history";
    }
  }

  /**
   * Asks what was said with certain words in it, the newest first to be found. Immutable, for any
   * thread.
   *
   * @param room only there; null is everywhere this client may look
   * @param before the {@code next} of the page before, or null to begin
   * @param limit how many at most, 1 to 50
   */
  record Search(String q, String query, @Nullable RoomName room, @Nullable Long before, int limit)
      implements FromClient {
    public Search {
      checkQ(q);
      Check.text("query", query, 1, SessionLimits.MAX_QUERY_BYTES);
      Check.optionalInteger("before", before, 0);
      Check.integer("limit", limit, 1, SessionLimits.MAX_SEARCH);
    }

    @Override
    public String type() {
      return "search";
    }
  }

  /**
   * Asks which rooms there are. Immutable, for any thread.
   *
   * @param room list those behind this one, in the order of their keys; null is from the first
   * @param limit how many at most, 1 to 200; null is as many
   */
  record Rooms(String q, @Nullable RoomName room, @Nullable Long limit) implements FromClient {
    public Rooms {
      checkQ(q);
      checkListed(limit);
    }

    @Override
    public String type() {
      return "rooms";
    }
  }

  /**
   * Asks who is in a room. Immutable, for any thread.
   *
   * @param room which; null is everybody the server has
   * @param limit how many at most, 1 to 200; null is as many
   */
  record Members(String q, @Nullable RoomName room, @Nullable Long limit) implements FromClient {
    public Members {
      checkQ(q);
      checkListed(limit);
    }

    @Override
    public String type() {
      return "members";
    }
  }

  /** Says how far a person has read. Immutable, for any thread. */
  record Read(RoomName room, long seq) implements FromClient {
    public Read {
      Check.integer("seq", seq);
    }

    @Override
    public String type() {
      return "read";
    }
  }

  /**
   * Blocks a name, or takes that back, or asks whom this name has blocked. Immutable, for any
   * thread.
   *
   * @param name whom; null only asks
   * @param on false takes it back
   */
  record Block(String q, @Nullable String name, boolean on) implements FromClient {
    public Block {
      checkQ(q);
      if (name != null) {
        Check.text("name", name);
      }
      Check.that(on || name != null, "name is missing, expected the one to block no more");
    }

    @Override
    public String type() {
      return "block";
    }
  }

  /** Takes a message back. Immutable, for any thread. */
  record Delete(String q, RoomName room, long seq) implements FromClient {
    public Delete {
      checkQ(q);
      Check.integer("seq", seq, 1, SessionLimits.MAX_INTEGER);
    }

    @Override
    public String type() {
      return "delete";
    }
  }

  /**
   * Says what a room is about. Immutable, for any thread.
   *
   * @param text empty for no topic
   */
  record Topic(String q, RoomName room, String text) implements FromClient {
    public Topic {
      checkQ(q);
      Check.text("text", text, 0, SessionLimits.MAX_TOPIC_BYTES);
    }

    @Override
    public String type() {
      return "topic";
    }
  }

  /** Makes the session's name its own. Immutable, for any thread. */
  record Claim(String q) implements FromClient {
    public Claim {
      checkQ(q);
    }

    @Override
    public String type() {
      return "claim";
    }
  }

  /**
   * Asks for a code that brings the session's name to another device. Immutable, for any thread.
   */
  record Link(String q) implements FromClient {
    public Link {
      checkQ(q);
    }

    @Override
    public String type() {
      return "link";
    }
  }

  /** What a moderator does. Constants, for any thread. */
  enum Action {
    /** Somebody may hear, and not talk. */
    MUTE,
    /** Somebody may talk again. */
    UNMUTE,
    /** Somebody is put out, and may come back. */
    KICK,
    /** Somebody is put out, and may not come back. */
    BAN,
    /** Somebody may come back. */
    UNBAN,
    /** Somebody keeps order, too. */
    OP,
    /** Somebody keeps order no more. */
    DEOP,
    /** Nobody new may join the room. */
    CLOSE,
    /** Everybody may join the room again. */
    OPEN,
    /** Somebody may join the room while it is closed. */
    INVITE,
    /** Somebody may not join the room any more while it is closed. */
    UNINVITE,
    /** Only those who keep order may talk in the room. */
    RESTRICT,
    /** Everybody may talk in the room again. */
    UNRESTRICT,
    /** Each person posts at most once in so many seconds. */
    SLOW,
    /** Everybody may post as fast as they like again. */
    UNSLOW;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The word on the wire. */
    public String text() {
      return text;
    }

    /** Whether it is done to somebody, and not to a room alone. */
    public boolean needsTarget() {
      return switch (this) {
        case CLOSE, OPEN, RESTRICT, UNRESTRICT, SLOW, UNSLOW -> false;
        default -> true;
      };
    }

    /** Whether it is done in one room, and not in the whole server. */
    public boolean needsRoom() {
      return !needsTarget() || this == INVITE || this == UNINVITE;
    }
  }

  /** What is done with the tokens of bots. Constants, for any thread. */
  enum TokenAction {
    /** A bot gets one. */
    MAKE,
    /** Tells which there are. */
    LIST,
    /** A bot loses its own. */
    REVOKE;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The word on the wire. */
    public String text() {
      return text;
    }
  }

  /** What a bot may do in its rooms. Constants, for any thread. */
  enum Scope {
    /** It hears and asks. */
    READ,
    /** It talks, too. */
    WRITE;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The word on the wire. */
    public String text() {
      return text;
    }
  }

  /**
   * Makes, lists or revokes tokens by which bots come in under the session's name. Immutable, for
   * any thread.
   *
   * @param label what people call the bot; null only to list
   * @param rooms where it may be; empty but to make one
   * @param scope what it may do there; null but to make one
   */
  record Tokens(
      String q,
      TokenAction action,
      @Nullable String label,
      List<RoomName> rooms,
      @Nullable Scope scope)
      implements FromClient {
    public Tokens {
      checkQ(q);
      rooms = List.copyOf(rooms);
      Check.optionalText("label", label, 1, SessionLimits.MAX_LABEL_BYTES);
      Check.that(
          label != null || action == TokenAction.LIST,
          "label is missing, expected that of the token to " + action.text());
      boolean makes = action == TokenAction.MAKE;
      Check.that(
          makes == !rooms.isEmpty() && makes == (scope != null),
          "rooms and scope are there in part or in vain, expected both to make a token and none"
              + " else");
      Check.that(
          rooms.size() <= SessionLimits.MAX_TOKEN_ROOMS,
          "rooms has more entries than " + SessionLimits.MAX_TOKEN_ROOMS + ", expected fewer");
    }

    @Override
    public String type() {
      return "tokens";
    }
  }

  /**
   * Keeps order in a room, or in the whole server. Immutable, for any thread.
   *
   * @param room where; null is the whole server
   * @param target to whom; null only for what is done to a room
   * @param seconds for how long; null is until it is undone
   * @param address whether it is done to the address of the target, too
   * @param why for people
   */
  record Moderate(
      String q,
      Action action,
      @Nullable RoomName room,
      @Nullable String target,
      @Nullable Long seconds,
      boolean address,
      @Nullable String why)
      implements FromClient {
    public Moderate {
      checkQ(q);
      if (target != null) {
        Check.text("target", target);
      }
      Check.that(
          target != null || !action.needsTarget(),
          "target is missing, expected the name of whom to " + action.text());
      Check.that(
          room != null || !action.needsRoom(),
          "room is missing, expected the one to " + action.text());
      Check.that(
          seconds != null || action != Action.SLOW,
          "seconds is missing, expected how long to wait between two messages");
      Check.optionalInteger("seconds", seconds, 1);
      Check.optionalText("why", why, 0, SessionLimits.MAX_TOPIC_BYTES);
    }

    @Override
    public String type() {
      return "moderate";
    }
  }

  /** Asks whether the server is there, and for the newest numbers. Immutable, for any thread. */
  record Ping(@Nullable String q) implements FromClient {
    public Ping {
      checkQ(q);
    }

    @Override
    public String type() {
      return "ping";
    }
  }

  /** The last object of a client that has said all it wants. Immutable, for any thread. */
  record Bye() implements FromClient {
    @Override
    public String type() {
      return "bye";
    }
  }

  private static void checkQ(@Nullable String q) {
    Check.optionalText("q", q, 0, SessionLimits.MAX_Q_BYTES);
  }

  private static void checkListed(@Nullable Long limit) {
    if (limit != null) {
      Check.integer("limit", limit, 1, SessionLimits.MAX_LISTED);
    }
  }

  private static void checkStart(@Nullable Position after, @Nullable Long last) {
    Check.that(
        after == null || last == null, "after and last are both there, expected at most one");
    Check.optionalInteger("last", last, 0);
  }
}
