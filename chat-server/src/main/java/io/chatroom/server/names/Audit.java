package io.chatroom.server.names;

import io.chatroom.protocol.VisibleText;
import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import io.chatroom.server.facts.MemoryFacts;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The audit log of moderation, bounded to the newest entries. An entry is stored together with the
 * change it describes, or neither is. Thread-safe.
 */
public final class Audit {

  /** The most entries of operators, and the most of the ops of rooms. */
  static final int MOST = 50_000;

  private static final String KIND = "audit";
  private static final String NEXT = "audit-next";
  private static final int PAGE = 1_000;
  private static final JsonMapper JSON = new JsonMapper();

  /** The entries of operators and of the server's own commands. */
  private final Ring ofOperators = new Ring("");

  /**
   * The entries of ops. Anybody can become one by making a room, so these do not displace others.
   */
  private final Ring ofOps = new Ring("room-");

  /** Numbered entries; the oldest are removed. */
  private static final class Ring {
    private final String prefix;
    private long next = 1;

    Ring(String prefix) {
      this.prefix = prefix;
    }

    void read(Facts facts) throws IOException {
      for (Fact later :
          facts.read(KIND, key(next - 1), PAGE)) { // entries may be stored out of order
        if (later.key().length() == key(0).length() && later.key().startsWith(prefix)) {
          next = Math.max(next, Long.parseLong(later.key().substring(prefix.length())) + 1);
        }
      }
    }

    /** The key of an entry; keys sort as text in the order of their numbers. */
    String key(long number) {
      return prefix + String.format(Locale.ROOT, "%015d", number);
    }
  }

  /**
   * An entry.
   *
   * @param at when, in milliseconds since 1970
   * @param by the name of its author, or {@code chat-server} for one of the server's own commands
   * @param action the action, one word
   * @param room where; null is the whole server
   * @param target whom it affects; null for an action on a room
   * @param seconds its duration; null is until undone
   * @param why the reason, for people
   */
  public record Entry(
      long at,
      String by,
      String action,
      @Nullable String room,
      @Nullable String target,
      @Nullable Long seconds,
      @Nullable String why) {}

  /**
   * Continues from the stored entries.
   *
   * @throws IOException if facts cannot be read; the message is one sentence for people
   */
  @SuppressWarnings("this-escape") // the class is final
  Audit(Facts facts) throws IOException {
    facts.follow(NEXT, this::apply);
    ofOperators.read(facts);
    ofOps.read(facts);
  }

  /** Follows the numbering of this and other servers. */
  private synchronized void apply(Fact fact) {
    if (fact.value() != null) {
      Ring ring = fact.key().equals(ofOps.prefix + "n") ? ofOps : ofOperators;
      ring.next = Math.max(ring.next, JSON.readTree(fact.value()).asLong());
    }
  }

  /**
   * The facts of an entry about forgetting a person, without their name.
   *
   * @param all all facts of the store, which no server may use meanwhile
   * @param at when, in milliseconds since 1970
   * @param action the action, one word
   * @param now the name that replaces the forgotten one
   */
  public static List<Fact> forgets(List<Fact> all, long at, String action, String now)
      throws IOException {
    MemoryFacts known = new MemoryFacts();
    known.change(
        all.stream().filter(fact -> fact.kind().equals(KIND) || fact.kind().equals(NEXT)).toList());
    return new Audit(known)
        .facts(new Entry(at, Moderation.NOBODY, action, null, now, null, null), true);
  }

  /**
   * The facts of a new entry.
   *
   * @param isOperators true if its author is an operator or one of the server's own commands
   */
  synchronized List<Fact> facts(Entry entry, boolean isOperators) {
    Ring ring = isOperators ? ofOperators : ofOps;
    List<Fact> facts = new ArrayList<>();
    ObjectNode value =
        JSON.createObjectNode().put("at", entry.at).put("by", entry.by).put("action", entry.action);
    put(value, "room", entry.room);
    put(value, "target", entry.target);
    if (entry.seconds != null) {
      value.put("seconds", entry.seconds);
    }
    put(value, "why", entry.why);
    facts.add(new Fact(KIND, ring.key(ring.next), value.toString()));
    if (ring.next > MOST) {
      facts.add(Fact.gone(KIND, ring.key(ring.next - MOST)));
    }
    ring.next++;
    facts.add(new Fact(NEXT, ring.prefix + "n", Long.toString(ring.next)));
    return facts;
  }

  private static void put(ObjectNode value, String name, @Nullable String text) {
    if (text != null) {
      value.put(name, text);
    }
  }

  /** The kind of the log's facts. */
  public static String factsKind() {
    return KIND;
  }

  /**
   * The entries, the oldest first.
   *
   * @param read all facts of that kind
   * @throws IOException if one is malformed; the message is one sentence for people
   */
  static List<Entry> entries(List<Fact> read) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Fact fact : read) {
      entries.add(entry(fact));
    }
    entries.sort(Comparator.comparingLong(Entry::at));
    return entries;
  }

  /**
   * The entries as lines for people: time, author, action, place, target, seconds, reason.
   *
   * @param sinceMillis the earliest time to include
   */
  public static List<String> lines(List<Fact> read, long sinceMillis) throws IOException {
    return entries(read).stream()
        .filter(entry -> entry.at >= sinceMillis)
        .map(
            entry ->
                Stream.of(
                        Instant.ofEpochMilli(entry.at).truncatedTo(ChronoUnit.SECONDS).toString(),
                        entry.by,
                        entry.action,
                        entry.room == null ? "*" : entry.room,
                        entry.target == null ? "" : entry.target,
                        entry.seconds == null ? "" : entry.seconds.toString(),
                        entry.why == null ? "" : entry.why)
                    .map(VisibleText::of)
                    .collect(Collectors.joining("\t")))
        .toList();
  }

  private static Entry entry(Fact fact) throws IOException {
    try {
      JsonNode value = JSON.readTree(fact.value());
      return new Entry(
          value.path("at").asLong(0),
          value.path("by").asString(""),
          value.path("action").asString(""),
          text(value, "room"),
          text(value, "target"),
          value.has("seconds") ? value.path("seconds").asLong() : null,
          text(value, "why"));
    } catch (JacksonException e) {
      throw new IOException("the audit log entry " + fact.key() + " cannot be read", e);
    }
  }

  private static @Nullable String text(JsonNode value, String name) {
    return value.has(name) ? value.path(name).asString() : null;
  }
}
