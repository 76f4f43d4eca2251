package io.chatroom.protocol.session;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An object from a client. The constructor of each record checks the limits of {@code SESSIONS.md},
 * and throws an {@link IllegalArgumentException} with one sentence for people if a limit is
 * exceeded. A {@code q} is chosen by the client for a request, and repeated in the answer. All
 * records are immutable, and threads may share them.
 */
public sealed interface FromClient {

  /** The {@code type} on the wire. */
  String type();

  /**
   * The first object of a client. Its secrets are not in {@link #toString}. Immutable, for any
   * thread.
   *
   * @param name the name that others see
   * @param client 32 hexadecimal digits, which the client keeps for ever and shows to no one; the
   *     ids of posts are unique per client
   * @param token proves the ownership of the name
   * @param key the access key, if the server requires one
   * @param agent the program and its version, for the server's log
   * @param rooms the rooms to join at once, each room once
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
   * A room of a hello, and where to begin. Immutable, for any thread.
   *
   * @param room the room
   * @param after the position to resume from, or null
   * @param last how many of the newest messages to begin with, or null; not both
   */
  record Wish(RoomName room, @Nullable Position after, @Nullable Long last) {
    public Wish {
      checkStart(after, last);
    }
  }

  /**
   * Joins a room: resumes, begins with its newest messages, or receives new ones only. Immutable,
   * for any thread.
   *
   * @param room the room, which is created if it does not exist
   * @param after the position to resume from, or null
   * @param last how many of the newest messages to begin with, or null; not both
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
   * Posts a message. Immutable, for any thread.
   *
   * @param id unique per client; the same id again is the same post
   * @param text of any length here; the server has a limit
   * @param replyTo the sequence number of the message that it replies to
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

  /** The side of a sequence number on which a page of history lies. Constants, for any thread. */
  enum Side {
    /** The nearest entries with smaller numbers. */
    BEFORE,
    /** The nearest entries with larger numbers. */
    AFTER,
    /** Entries on both sides, and the entry itself. */
    AROUND;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The name of the field on the wire. */
    public String text() {
      return text;
    }
  }

  /**
   * Requests a page of a room's messages. Immutable, for any thread.
   *
   * @param side the side of {@code seq}
   * @param seq a sequence number, which need not exist
   * @param limit maximum number of entries, 1 to 200
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
   * Searches for messages, the newest first. Immutable, for any thread.
   *
   * @param room the room to search; null for all rooms of the session
   * @param before the {@code next} of the page before, or null to begin
   * @param limit maximum number of entries, 1 to 50
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
   * Lists rooms, in the order of their keys. Immutable, for any thread.
   *
   * @param room lists the rooms after this one; null for all
   * @param limit maximum number of rooms, 1 to 200; null is 200
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
   * Lists the members of a room. Immutable, for any thread.
   *
   * @param room the room; null for the whole server
   * @param limit maximum number of names, 1 to 200; null is 200
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

  /** Moves the read mark of a person. Immutable, for any thread. */
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
   * Blocks or unblocks a name, or lists the names that this name has blocked. Immutable, for any
   * thread.
   *
   * @param name the name; null only lists
   * @param on false unblocks
   */
  record Block(String q, @Nullable String name, boolean on) implements FromClient {
    public Block {
      checkQ(q);
      if (name != null) {
        Check.text("name", name);
      }
      Check.that(on || name != null, "name is missing, expected the one to unblock");
    }

    @Override
    public String type() {
      return "block";
    }
  }

  /** Deletes a message. Immutable, for any thread. */
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
   * Sets the topic of a room. Immutable, for any thread.
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

  /** Claims the session's name. Immutable, for any thread. */
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
   * Requests a code that brings the session's name to another device. Immutable, for any thread.
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

  /** An action of a moderator. Constants, for any thread. */
  enum Action {
    /** A person can read, but not post. */
    MUTE,
    /** Undoes {@link #MUTE}. */
    UNMUTE,
    /** Removes a person, who can come back. */
    KICK,
    /** Removes a person, who cannot come back. */
    BAN,
    /** Undoes {@link #BAN}. */
    UNBAN,
    /** Makes a person an op of the room. */
    OP,
    /** Undoes {@link #OP}. */
    DEOP,
    /** Nobody new can join the room, except ops, those invited, and owned names that were in it. */
    CLOSE,
    /** Undoes {@link #CLOSE}. */
    OPEN,
    /** A person can join the room while it is closed. */
    INVITE,
    /** Undoes {@link #INVITE}. */
    UNINVITE,
    /** Only ops can post in the room or set its topic. */
    RESTRICT,
    /** Undoes {@link #RESTRICT}. */
    UNRESTRICT,
    /** Sets a minimum time between two posts of a person. */
    SLOW,
    /** Undoes {@link #SLOW}. */
    UNSLOW;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The word on the wire. */
    public String text() {
      return text;
    }

    /** True if the action needs a person, not only a room. */
    public boolean needsTarget() {
      return switch (this) {
        case CLOSE, OPEN, RESTRICT, UNRESTRICT, SLOW, UNSLOW -> false;
        default -> true;
      };
    }

    /** True if the action needs a room, and cannot apply to the whole server. */
    public boolean needsRoom() {
      return !needsTarget() || this == INVITE || this == UNINVITE;
    }
  }

  /** An action on the tokens of bots. Constants, for any thread. */
  enum TokenAction {
    /** Makes a token for a bot. */
    MAKE,
    /** Lists the tokens. */
    LIST,
    /** Revokes the token of a bot. */
    REVOKE;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The word on the wire. */
    public String text() {
      return text;
    }
  }

  /** The permissions of a bot in its rooms. Constants, for any thread. */
  enum Scope {
    /** It can read messages. */
    READ,
    /** It can post, too. */
    WRITE;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The word on the wire. */
    public String text() {
      return text;
    }
  }

  /**
   * Makes, lists or revokes tokens of bots, which use the session's name. Immutable, for any
   * thread.
   *
   * @param label the bot's label; null only to list
   * @param rooms the rooms that the bot may use; empty except to make a token
   * @param scope its permissions there; null except to make a token
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
          "rooms and scope do not fit the action, expected both to make a token and none else");
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
   * Moderates a room, or the whole server. Immutable, for any thread.
   *
   * @param room the room; null for the whole server
   * @param target the person; null only if the action concerns a room
   * @param seconds the duration; null is until it is undone; for {@link Action#SLOW}, the time
   *     between two posts
   * @param address true to include the address of the target
   * @param why the reason, for people
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
          "target is missing, expected the name of the person to " + action.text());
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

  /** Checks the connection, and requests the newest sequence numbers. Immutable, for any thread. */
  record Ping(@Nullable String q) implements FromClient {
    public Ping {
      checkQ(q);
    }

    @Override
    public String type() {
      return "ping";
    }
  }

  /** The last object of a client. Immutable, for any thread. */
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
        after == null || last == null, "after and last are both present, expected at most one");
    Check.optionalInteger("last", last, 0);
  }
}
