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
 * What a server says. Each record keeps the bounds of the page: its constructor throws an {@link
 * IllegalArgumentException}, whose message is one sentence for people, where one is not kept. Words
 * of lists that may grow ({@code code}, {@code kind}, {@code why}, {@code role}) are strings, so
 * that a client can hear of what it does not know. All are immutable: threads may share them.
 */
public sealed interface FromServer {

  /** The {@code type} on the wire. */
  String type();

  /**
   * The answer to a hello that is accepted. Immutable, for any thread.
   *
   * @param name what others see, as the server has understood it
   * @param owned whether the name belongs to this client
   * @param server the program and its version
   * @param limits what the server allows, by name
   * @param features what of the page the server supports beyond the rest
   * @param pingSeconds how long a client may be silent before it sends a ping
   * @param seedRoom where programs of the seed's protocol talk; null if the server does not say
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

    /** The name of a limit: the longest text of a post, in bytes. */
    public static final String MAX_MESSAGE_BYTES = "maxMessageBytes";

    /** The name of a limit: the longest name, in bytes. */
    public static final String MAX_NAME_BYTES = "maxNameBytes";

    /** The name of a limit: in how many rooms a session may be at once. */
    public static final String MAX_ROOMS = "maxRooms";

    /** The name of a limit: how many requests may wait for their answers at once. */
    public static final String MAX_UNANSWERED = "maxUnanswered";

    /** The name of a limit: how many bytes those may have in all. */
    public static final String MAX_UNANSWERED_BYTES = "maxUnansweredBytes";

    /** The name of a limit: how many pages may be read at once. */
    public static final String MAX_READS = "maxReads";

    /** The name of a limit: how many posts a second are taken, 0 for any number. */
    public static final String MESSAGES_PER_SECOND = "messagesPerSecond";

    /** The name of a limit: how many posts are taken at once before that counts. */
    public static final String MESSAGE_BURST = "messageBurst";

    /** Where everybody meets if the server does not say where (S-40). */
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

    /** Where to talk if the person has not said where: with the seed's programs (S-40). */
    public RoomName usualRoom() {
      return seedRoom == null ? LOBBY : seedRoom;
    }
  }

  /** Whether a session that resumes hears all that it missed. Constants, for any thread. */
  enum Resume {
    /** Everything behind the place that was asked for follows. */
    COMPLETE,
    /** A gap follows, which says what is missing, then the rest. */
    GAP;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The word on the wire. */
    public String text() {
      return text;
    }
  }

  /**
   * The session is in a room; what it missed follows, then what is said. Immutable, for any thread.
   *
   * @param q the request's; null if the hello asked for the room
   * @param epoch which log the numbers are of
   * @param seq the newest number, 0 if there is none
   * @param first the oldest number still kept; {@code seq + 1} if none is
   * @param count how many are in the room, this session included
   * @param members their names, or null if they are too many
   * @param topic null if there is none
   * @param read how far this name has read; null if it has no mark
   * @param role what this session may do here: {@code "member"}, {@code "op"}, or a word to come
   * @param resume null unless {@code after} was asked for
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
   * Somebody said something. Immutable, for any thread.
   *
   * @param at in milliseconds since 1970, UTC
   * @param from the name of who said it
   * @param owned whether that name belonged to them
   * @param text null exactly if it was deleted
   * @param replyTo the number of the message that this is an answer to
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

    /** Whether its author or a moderator has taken it back; it has no text then. */
    public boolean deleted() {
      return text == null;
    }

    @Override
    public String type() {
      return "message";
    }
  }

  /**
   * Something happened in a room. Immutable, for any thread.
   *
   * @param at in milliseconds since 1970, UTC
   * @param kind {@code deleted}, {@code topic}, {@code moderated}, or a word to come
   * @param by the name of who did it
   * @param targetSeq which message was deleted, or null
   * @param target to whom it was done, or null; not both
   * @param text the new topic; what a moderator did
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

    /** The kind of an event that takes a message back. */
    public static final String DELETED = "deleted";

    /** The kind of an event that says what a room is about. */
    public static final String TOPIC = "topic";

    /** The kind of an event that tells what a moderator did. */
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
   * A post stands in the log. Immutable, for any thread.
   *
   * @param at in milliseconds since 1970, UTC
   * @param duplicate whether it stood there before; the number is the old one then
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
   * What the session does not hear. Immutable, for any thread.
   *
   * @param from the first number that is missing
   * @param to the last one; {@code from - 1} where only the epoch is another
   * @param why {@code retention}, {@code epoch}, {@code lagged}, {@code access}, or a word to come
   */
  record Gap(RoomName room, long from, long to, String why) implements FromServer {

    /** The server keeps no more than so much, and this was beyond it. */
    public static final String RETENTION = "retention";

    /** The log is another one than that which was asked for. */
    public static final String EPOCH = "epoch";

    /** The session did not read, and the log has it no more. */
    public static final String LAGGED = "lagged";

    /** The session may not see it. */
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
   * Who came and went lately. Immutable, for any thread.
   *
   * @param came empty also where there are too many to name them
   * @param count how many are in the room now
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
   * What was asked for, in order. Immutable, for any thread.
   *
   * @param room null if a search went through all rooms
   * @param epoch which log the numbers are of; null together with the room
   * @param complete whether nothing is missing in it that was asked for
   * @param next where the page behind this one begins; null if there is none
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
   * @param count how many are in it
   * @param seq its newest number, 0 if there is none
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
   * Which rooms there are, in the order of their keys. Immutable, for any thread.
   *
   * @param complete whether none is behind the last
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
   * Who is in a room. Immutable, for any thread.
   *
   * @param room as it was asked for
   * @param members their names, or as many as were asked for
   * @param count how many there are
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

  /** How far this name has read, in whichever of its sessions. Immutable, for any thread. */
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
   * Whom this name has blocked. Immutable, for any thread.
   *
   * @param q the request's; null where another session of this name has changed it
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
   * The name belongs to this client now. The token is not in {@link #toString}. Immutable, for any
   * thread.
   *
   * @param token what proves it from now on, told once
   * @param keepDays after so many days without use the name belongs to nobody; null is never
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
   * What brings the session's name to another device. The code is not in {@link #toString}.
   * Immutable, for any thread.
   *
   * @param code stands for a token, once
   * @param seconds for how long
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
   * @param label what people call the bot
   * @param at when it was made
   */
  record BotToken(String label, List<RoomName> rooms, FromClient.Scope scope, long at) {
    public BotToken {
      Check.text("label", label, 1, SessionLimits.MAX_LABEL_BYTES);
      rooms = List.copyOf(rooms);
      Check.integer("at", at, 0, SessionLimits.MAX_INTEGER);
    }
  }

  /**
   * Which tokens of bots there are under the session's name. A secret is not in {@link #toString}.
   * Immutable, for any thread.
   *
   * @param token the secret of the one that was just made, told once; null if none was
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
   * The session has left a room, or was put out of it. Immutable, for any thread.
   *
   * @param q null where it was put out
   * @param text why it was put out, for people
   */
  record Left(@Nullable String q, RoomName room, @Nullable String text) implements FromServer {
    public Left {
      checkQ(q);
      Check.optionalText("text", text, 0, SessionLimits.MAX_SENTENCE_BYTES);
    }

    /** It wanted to leave. */
    public Left(@Nullable String q, RoomName room) {
      this(q, room, null);
    }

    @Override
    public String type() {
      return "left";
    }
  }

  /**
   * What a moderator did holds, and no room tells it by an event. Immutable, for any thread.
   *
   * @param action what was done
   * @param target to whom; null where it was done to a room
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
   * @param heads the newest number of each room of the session, so that it sees if it lost the last
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
   * A request was not done; the connection stays. Immutable, for any thread.
   *
   * @param q the request's, or null
   * @param id the post's, or null; not both
   * @param room which room, where neither names the request: one of a hello, or of a read
   * @param code which error: a {@link Code}, or a word to come
   * @param act what to do about it
   * @param afterMillis how long to wait before that, or null
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
      Check.that(q == null || id == null, "q and id are both there, expected at most one");
      checkReason(code, afterMillis, text);
    }

    /** About a request with this {@code q}, or about none that could be read. */
    public static Error ofRequest(
        @Nullable String q, Code code, @Nullable Long afterMillis, String text) {
      return new Error(q, null, null, error(code).text(), code.act(), afterMillis, text);
    }

    /** About the post with this id. */
    public static Error ofPost(String id, Code code, @Nullable Long afterMillis, String text) {
      return new Error(null, id, null, error(code).text(), code.act(), afterMillis, text);
    }

    /** About a room that a hello asked for, or about a read, which have no {@code q}. */
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
   * @param code why: a {@link Code}, or a word to come
   * @param act what to do about it
   * @param afterMillis how long to wait before that, or null
   * @param text one sentence for people
   */
  record Bye(String code, Do act, @Nullable Long afterMillis, String text) implements FromServer {
    public Bye {
      checkReason(code, afterMillis, text);
    }

    /** With what the table says about the code. */
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
