package io.chatroom.protocol.session;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An object from the server. The constructor of each record checks the limits of {@code
 * SESSIONS.md}, and throws an {@link IllegalArgumentException} with one sentence for people if a
 * limit is exceeded. Fields whose lists of words can grow ({@code code}, {@code kind}, {@code why},
 * {@code role}) are strings, so that a client can receive words that it does not know. All records
 * are immutable, and threads may share them.
 */
public sealed interface FromServer {

  /** The {@code type} on the wire. */
  String type();

  /**
   * The answer to an accepted hello. Immutable, for any thread.
   *
   * @param name the name that others see, as the server has read it
   * @param owned true if this client owns the name
   * @param server the program and its version
   * @param limits the limits of the server, by name
   * @param features the optional features that the server supports
   * @param pingSeconds idle time after which a client sends a ping
   * @param seedRoom the room of the seed protocol; null if the server does not say
   */
  record Welcome(
      String name,
      boolean owned,
      String server,
      SortedMap<String, Long> limits,
      List<String> features,
      long pingSeconds,
      @Nullable RoomName seedRoom)
      implements FromServer {

    /** Name of a limit: the maximum size of a post's text, in bytes. */
    public static final String MAX_MESSAGE_BYTES = "maxMessageBytes";

    /** Name of a limit: the maximum size of a name, in bytes. */
    public static final String MAX_NAME_BYTES = "maxNameBytes";

    /** Name of a limit: the maximum number of rooms that a session is in. */
    public static final String MAX_ROOMS = "maxRooms";

    /** Name of a limit: the maximum number of unanswered requests. */
    public static final String MAX_UNANSWERED = "maxUnanswered";

    /** Name of a limit: the maximum size of all unanswered requests together, in bytes. */
    public static final String MAX_UNANSWERED_BYTES = "maxUnansweredBytes";

    /** Name of a limit: the maximum number of pages that are read at once. */
    public static final String MAX_READS = "maxReads";

    /** Name of a limit: the average rate of posts per second; 0 is no limit. */
    public static final String MESSAGES_PER_SECOND = "messagesPerSecond";

    /** Name of a limit: the number of posts before the rate applies. */
    public static final String MESSAGE_BURST = "messageBurst";

    /** The room to join if the server does not name one (S-40). */
    public static final RoomName LOBBY = RoomName.of("lobby");

    static final int MAX_ENTRIES = 64;

    public Welcome {
      Check.text("name", name);
      Check.text("server", server, 0, SessionLimits.MAX_AGENT_BYTES);
      Check.that(
          limits.size() <= MAX_ENTRIES,
          "limits has " + limits.size() + " entries, expected at most " + MAX_ENTRIES);
      limits.forEach(
          (limit, value) -> {
            Check.text("a limit's name", limit, 1, SessionLimits.MAX_Q_BYTES);
            Check.integer("a limit", value);
          });
      limits = Collections.unmodifiableSortedMap(new TreeMap<>(limits));
      features = Check.list("features", features, MAX_ENTRIES);
      features.forEach(feature -> Check.word("a feature", feature));
      Check.integer("pingSeconds", pingSeconds, 1, SessionLimits.MAX_INTEGER);
    }

    @Override
    public String type() {
      return "welcome";
    }

    /** The room to join if the person has not chosen one: that of the seed protocol (S-40). */
    public RoomName usualRoom() {
      return seedRoom == null ? LOBBY : seedRoom;
    }
  }

  /** Whether a session that resumes receives everything it missed. Constants, for any thread. */
  enum Resume {
    /** All messages after the requested position follow. */
    COMPLETE,
    /** A gap follows, which names the missing messages, then the rest. */
    GAP;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The word on the wire. */
    public String text() {
      return text;
    }
  }

  /**
   * The session has joined a room. Messages that it missed follow, then new ones. Immutable, for
   * any thread.
   *
   * @param q the join's; null if the hello asked for the room
   * @param epoch the epoch of the sequence numbers
   * @param seq the newest sequence number; 0 if there is none
   * @param first the oldest sequence number still kept; {@code seq + 1} if none is
   * @param count the number of members, including this session
   * @param members their names; null if they are too many
   * @param topic null if there is none
   * @param read the read mark of this name; null if it has none
   * @param role the role of this session: {@code "member"}, {@code "op"}, or a future word
   * @param resume null unless the join gave a position in {@code after}
   */
  record Joined(
      @Nullable String q,
      RoomName room,
      String epoch,
      long seq,
      long first,
      long count,
      @Nullable List<String> members,
      @Nullable String topic,
      @Nullable Long read,
      String role,
      @Nullable Resume resume)
      implements FromServer {
    public Joined {
      checkQ(q);
      Check.epoch("epoch", epoch);
      Check.integer("seq", seq);
      Check.integer("first", first, 1, SessionLimits.MAX_INTEGER);
      Check.integer("count", count);
      if (members != null) {
        members = names("members", members);
      }
      Check.optionalText("topic", topic, 0, SessionLimits.MAX_TOPIC_BYTES);
      Check.optionalInteger("read", read, 0);
      Check.word("role", role);
    }

    @Override
    public String type() {
      return "joined";
    }
  }

  /**
   * A message. Immutable, for any thread.
   *
   * @param at in milliseconds since 1970, UTC
   * @param from the name of its author
   * @param owned true if the author owned the name
   * @param text null if and only if it was deleted
   * @param replyTo the sequence number of the message that it replies to
   */
  record Message(
      RoomName room,
      long seq,
      long at,
      String from,
      boolean owned,
      @Nullable String text,
      @Nullable Long replyTo)
      implements FromServer, Entry {
    public Message {
      checkNumbered(seq, at);
      Check.text("from", from);
      if (text != null) {
        Check.text("text", text);
      }
      Check.optionalInteger("replyTo", replyTo, 1);
    }

    /** True if its author or a moderator has deleted it; it has no text then. */
    public boolean deleted() {
      return text == null;
    }

    @Override
    public String type() {
      return "message";
    }
  }

  /**
   * An event in a room. Immutable, for any thread.
   *
   * @param at in milliseconds since 1970, UTC
   * @param kind {@code deleted}, {@code topic}, {@code moderated}, or a future word
   * @param by the name of the person who caused it
   * @param targetSeq the sequence number of the deleted message, or null
   * @param target the name of the affected person, or null; not both
   * @param text the new topic, or the moderator's action
   */
  record Event(
      RoomName room,
      long seq,
      long at,
      String kind,
      String by,
      @Nullable Long targetSeq,
      @Nullable String target,
      @Nullable String text)
      implements FromServer, Entry {

    /** The kind of an event that deletes a message. */
    public static final String DELETED = "deleted";

    /** The kind of an event that sets a room's topic. */
    public static final String TOPIC = "topic";

    /** The kind of an event that reports a moderator's action. */
    public static final String MODERATED = "moderated";

    public Event {
      checkNumbered(seq, at);
      Check.word("kind", kind);
      Check.text("by", by);
      Check.optionalInteger("target", targetSeq, 1);
      if (target != null) {
        Check.text("target", target);
      }
      Check.that(targetSeq == null || target == null, "target is a number and a name at once");
      Check.that(
          targetSeq != null || !kind.equals(DELETED),
          "target is missing, expected the number of what was deleted");
      if (text != null) {
        Check.text("text", text);
      }
    }

    @Override
    public String type() {
      return "event";
    }
  }

  /**
   * A post is in the log. Immutable, for any thread.
   *
   * @param at in milliseconds since 1970, UTC
   * @param duplicate true if it was there before; {@code seq} is the old number then
   */
  record Ack(String id, RoomName room, long seq, long at, boolean duplicate) implements FromServer {
    public Ack {
      Check.text("id", id, 1, SessionLimits.MAX_ID_BYTES);
      checkNumbered(seq, at);
    }

    @Override
    public String type() {
      return "ack";
    }
  }

  /**
   * Messages that the session does not receive. Immutable, for any thread.
   *
   * @param from the first missing sequence number
   * @param to the last one; {@code from - 1} if only the epoch has changed
   * @param why {@code retention}, {@code epoch}, {@code lagged}, {@code access}, or a future word
   */
  record Gap(RoomName room, long from, long to, String why) implements FromServer {

    /** The messages were beyond the server's retention. */
    public static final String RETENTION = "retention";

    /** The log has a different epoch from the requested one. */
    public static final String EPOCH = "epoch";

    /** The session did not read, and the log has dropped the messages meanwhile. */
    public static final String LAGGED = "lagged";

    /** The session may not see the messages. */
    public static final String ACCESS = "access";

    public Gap {
      Check.integer("from", from, 1, SessionLimits.MAX_INTEGER);
      Check.integer("to", to, from - 1, SessionLimits.MAX_INTEGER);
      Check.word("why", why);
    }

    @Override
    public String type() {
      return "gap";
    }
  }

  /**
   * The members who have recently joined and left. Immutable, for any thread.
   *
   * @param came the names of those who joined; empty, too, if they are too many
   * @param went the names of those who left; empty, too, if they are too many
   * @param count the number of members now
   */
  record Presence(RoomName room, List<String> came, List<String> went, long count)
      implements FromServer {
    public Presence {
      came = names("came", came);
      went = names("went", went);
      Check.integer("count", count);
    }

    @Override
    public String type() {
      return "presence";
    }
  }

  /**
   * The answer to a request for history or a search, oldest entry first. Immutable, for any thread.
   *
   * @param room null if all rooms were searched
   * @param epoch the epoch of the sequence numbers; null together with the room
   * @param complete true if no requested entry is missing
   * @param next the start of the next page; null if there is none
   */
  record Page(
      String q,
      @Nullable RoomName room,
      @Nullable String epoch,
      List<Entry> messages,
      boolean complete,
      @Nullable Long next)
      implements FromServer {
    public Page {
      checkQ(q);
      if (epoch != null) {
        Check.epoch("epoch", epoch);
      }
      messages = Check.list("messages", messages, SessionLimits.MAX_HISTORY);
      Check.optionalInteger("next", next, 0);
    }

    @Override
    public String type() {
      return "page";
    }
  }

  /**
   * A room in a list of rooms. Immutable, for any thread.
   *
   * @param count the number of members
   * @param seq its newest sequence number; 0 if there is none
   * @param topic null if there is none
   */
  record Room(RoomName room, long count, long seq, @Nullable String topic) {
    public Room {
      Check.integer("count", count);
      Check.integer("seq", seq);
      Check.optionalText("topic", topic, 0, SessionLimits.MAX_TOPIC_BYTES);
    }
  }

  /**
   * A list of rooms, in the order of their keys. Immutable, for any thread.
   *
   * @param complete true if no room follows the last one
   */
  record Rooms(String q, List<Room> rooms, boolean complete) implements FromServer {
    public Rooms {
      checkQ(q);
      rooms = Check.list("rooms", rooms, SessionLimits.MAX_LISTED);
    }

    @Override
    public String type() {
      return "rooms";
    }
  }

  /**
   * The members of a room. Immutable, for any thread.
   *
   * @param room as in the request; null for the whole server
   * @param members their names, at most as many as requested
   * @param count the number of all members
   */
  record Members(String q, @Nullable RoomName room, List<String> members, long count)
      implements FromServer {
    public Members {
      checkQ(q);
      members = names("members", members);
      Check.integer("count", count);
    }

    @Override
    public String type() {
      return "members";
    }
  }

  /** The read mark of this name, shared by its sessions. Immutable, for any thread. */
  record Read(RoomName room, long seq) implements FromServer {
    public Read {
      Check.integer("seq", seq);
    }

    @Override
    public String type() {
      return "read";
    }
  }

  /**
   * The names that this name has blocked. Immutable, for any thread.
   *
   * @param q the request's; null if another session of this name has changed the list
   */
  record Blocked(@Nullable String q, List<String> names) implements FromServer {
    public Blocked {
      checkQ(q);
      names = FromServer.names("names", names);
    }

    @Override
    public String type() {
      return "blocked";
    }
  }

  /**
   * This client owns the name now. The token is not in {@link #toString}. Immutable, for any
   * thread.
   *
   * @param token proves the ownership from now on; sent only once
   * @param keepDays the ownership ends after this many days without use; null is never
   */
  record Owned(String q, String token, @Nullable Long keepDays) implements FromServer {
    public Owned {
      checkQ(q);
      Check.text("token", token, 1, SessionLimits.MAX_SECRET_BYTES);
      Check.optionalInteger("keepDays", keepDays, 1);
    }

    @Override
    public String type() {
      return "owned";
    }

    @Override
    public String toString() {
      return "Owned[q=" + q + ", keepDays=" + keepDays + "]";
    }
  }

  /**
   * A code that brings the session's name to another device. It is not in {@link #toString}.
   * Immutable, for any thread.
   *
   * @param code can be used in place of a token, once
   * @param seconds the time for which the code is valid
   */
  record Link(String q, String code, long seconds) implements FromServer {
    public Link {
      checkQ(q);
      Check.text("code", code, 1, SessionLimits.MAX_SECRET_BYTES);
      Check.integer("seconds", seconds, 1, SessionLimits.MAX_INTEGER);
    }

    @Override
    public String type() {
      return "link";
    }

    @Override
    public String toString() {
      return "Link[q=" + q + ", seconds=" + seconds + "]";
    }
  }

  /**
   * A token of a bot, without its secret. Immutable, for any thread.
   *
   * @param label the bot's label
   * @param rooms the rooms that the bot may use
   * @param at the time of its creation, in milliseconds since 1970, UTC
   */
  record BotToken(String label, List<RoomName> rooms, FromClient.Scope scope, long at) {
    public BotToken {
      Check.text("label", label, 1, SessionLimits.MAX_LABEL_BYTES);
      rooms = List.copyOf(rooms);
      Check.integer("at", at, 0, SessionLimits.MAX_INTEGER);
    }
  }

  /**
   * The bots' tokens under the session's name. A secret is not in {@link #toString}. Immutable, for
   * any thread.
   *
   * @param token the secret of a new token, sent only once; null if none was made
   */
  record Tokens(String q, List<BotToken> tokens, @Nullable String token) implements FromServer {
    public Tokens {
      checkQ(q);
      tokens = List.copyOf(tokens);
      Check.optionalText("token", token, 1, SessionLimits.MAX_SECRET_BYTES);
    }

    @Override
    public String type() {
      return "tokens";
    }

    @Override
    public String toString() {
      return "Tokens[q=" + q + ", tokens=" + tokens + "]";
    }
  }

  /**
   * The session has left a room, or was removed from it. Immutable, for any thread.
   *
   * @param q null if it was removed
   * @param text the reason for the removal, for people
   */
  record Left(@Nullable String q, RoomName room, @Nullable String text) implements FromServer {
    public Left {
      checkQ(q);
      Check.optionalText("text", text, 0, SessionLimits.MAX_SENTENCE_BYTES);
    }

    /** The answer to a leave. */
    public Left(@Nullable String q, RoomName room) {
      this(q, room, null);
    }

    @Override
    public String type() {
      return "left";
    }
  }

  /**
   * A moderator's action has taken effect, and no room announces it by an event. Immutable, for any
   * thread.
   *
   * @param action the action
   * @param target the affected person; null if the action concerned a room
   */
  record Moderated(String q, String action, @Nullable String target) implements FromServer {
    public Moderated {
      checkQ(q);
      Check.word("action", action);
      if (target != null) {
        Check.text("target", target);
      }
    }

    @Override
    public String type() {
      return "moderated";
    }
  }

  /**
   * The answer to a ping. Immutable, for any thread.
   *
   * @param heads the newest sequence number of each room of the session, which shows whether it has
   *     missed the last messages
   */
  record Pong(@Nullable String q, Map<RoomName, Long> heads) implements FromServer {
    public Pong {
      checkQ(q);
      Check.that(
          heads.size() <= SessionLimits.MAX_ROOMS,
          "heads has " + heads.size() + " rooms, expected at most " + SessionLimits.MAX_ROOMS);
      heads.values().forEach(seq -> Check.integer("a head", seq));
      heads = Collections.unmodifiableMap(new HashMap<>(heads));
    }

    @Override
    public String type() {
      return "pong";
    }
  }

  /**
   * A request was refused; the connection stays open. Immutable, for any thread.
   *
   * @param q the request's, or null
   * @param id the post's, or null; not both
   * @param room the room, if neither {@code q} nor {@code id} names the request: one of a hello, or
   *     of a read
   * @param code the error: a {@link Code}, or a future word
   * @param act what the client should do
   * @param afterMillis the delay before that, or null
   * @param text one sentence for people
   */
  @SuppressWarnings("JavaLangClash") // the page calls it so
  record Error(
      @Nullable String q,
      @Nullable String id,
      @Nullable RoomName room,
      String code,
      Do act,
      @Nullable Long afterMillis,
      String text)
      implements FromServer {
    public Error {
      checkQ(q);
      Check.optionalText("id", id, 1, SessionLimits.MAX_ID_BYTES);
      Check.that(q == null || id == null, "q and id are both present, expected at most one");
      checkReason(code, afterMillis, text);
    }

    /** Refuses a request with this {@code q}; null if it could not be read. */
    public static Error ofRequest(
        @Nullable String q, Code code, @Nullable Long afterMillis, String text) {
      return new Error(q, null, null, error(code).text(), code.act(), afterMillis, text);
    }

    /** Refuses the post with this id. */
    public static Error ofPost(String id, Code code, @Nullable Long afterMillis, String text) {
      return new Error(null, id, null, error(code).text(), code.act(), afterMillis, text);
    }

    /** Refuses a room of a hello, or a read, which have no {@code q}. */
    public static Error ofRoom(RoomName room, Code code, @Nullable Long afterMillis, String text) {
      return new Error(null, null, room, error(code).text(), code.act(), afterMillis, text);
    }

    private static Code error(Code code) {
      Check.that(!code.isBye(), code.text() + " ends a connection, expected the code of an error");
      return code;
    }

    @Override
    public String type() {
      return "error";
    }
  }

  /**
   * The last object of a server. Immutable, for any thread.
   *
   * @param code the reason: a {@link Code}, or a future word
   * @param act what the client should do
   * @param afterMillis the delay before that, or null
   * @param text one sentence for people
   */
  record Bye(String code, Do act, @Nullable Long afterMillis, String text) implements FromServer {
    public Bye {
      checkReason(code, afterMillis, text);
    }

    /** A bye whose {@code act} is that of the code. */
    public static Bye of(Code code, @Nullable Long afterMillis, String text) {
      Check.that(code.isBye(), code.text() + " ends no connection, expected the code of a bye");
      return new Bye(code.text(), code.act(), afterMillis, text);
    }

    @Override
    public String type() {
      return "bye";
    }
  }

  private static void checkQ(@Nullable String q) {
    Check.optionalText("q", q, 0, SessionLimits.MAX_Q_BYTES);
  }

  private static void checkNumbered(long seq, long at) {
    Check.integer("seq", seq, 1, SessionLimits.MAX_INTEGER);
    Check.integer("at", at);
  }

  private static void checkReason(String code, @Nullable Long afterMillis, String text) {
    Check.word("code", code);
    Check.optionalInteger("afterMillis", afterMillis, 0);
    Check.text("text", text, 0, SessionLimits.MAX_SENTENCE_BYTES);
  }

  private static List<String> names(String field, List<String> names) {
    names.forEach(name -> Check.text(field, name));
    return Check.list(field, names, SessionLimits.MAX_LISTED);
  }
}
