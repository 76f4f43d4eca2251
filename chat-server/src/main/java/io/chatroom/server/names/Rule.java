package io.chatroom.server.names;

import io.chatroom.server.facts.Fact;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One thing that holds until it is undone, or until its time is over. Immutable.
 *
 * @param scope the key of a room, or {@link #SERVER}
 * @param subject to whom it is done: a name, a client or a network; empty where it is a room
 * @param target what was asked for, for people: several rules may come from one name
 * @param until when it ends, in milliseconds since 1970; null is when it is undone
 * @param seconds how long to wait between two messages; 0 where it says nothing of that
 * @param by who laid it down
 * @param at when, in milliseconds since 1970
 */
record Rule(
    Sort sort,
    String scope,
    String subject,
    String target,
    @Nullable Long until,
    long seconds,
    String by,
    @Nullable String why,
    long at) {

  static final String KIND = "rule";

  /** No room is called so. */
  static final String SERVER = "";

  private static final JsonMapper JSON = new JsonMapper();

  /** There is one of a sort for a subject in a scope. */
  private String key() {
    return scope + " " + sort.word() + " " + subject;
  }

  boolean holdsAt(long nowMillis) {
    return until == null || nowMillis < until;
  }

  Fact asFact() {
    ObjectNode value = JSON.createObjectNode().put("target", target).put("by", by).put("at", at);
    if (until != null) {
      value.put("until", until);
    }
    if (seconds > 0) {
      value.put("seconds", seconds);
    }
    if (why != null) {
      value.put("why", why);
    }
    return new Fact(KIND, key(), value.toString());
  }

  Fact gone() {
    return Fact.gone(KIND, key());
  }

  /**
   * Reads what was remembered; of what is no longer, that is what it was for.
   *
   * @throws IllegalArgumentException if it is no rule
   */
  static Rule of(Fact fact) {
    try {
      int sortAt = fact.key().indexOf(' ') + 1; // no room's name has a space
      int subjectAt = fact.key().indexOf(' ', sortAt) + 1;
      JsonNode value = JSON.readTree(Objects.requireNonNullElse(fact.value(), "{}"));
      return new Rule(
          Sort.valueOf(fact.key().substring(sortAt, subjectAt - 1).toUpperCase(Locale.ROOT)),
          fact.key().substring(0, sortAt - 1),
          fact.key().substring(subjectAt),
          value.path("target").asString(""),
          value.has("until") ? value.path("until").asLong() : null,
          value.path("seconds").asLong(0),
          value.path("by").asString(""),
          value.has("why") ? value.path("why").asString() : null,
          value.path("at").asLong(0));
    } catch (JacksonException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("not a rule: " + fact.key(), e);
    }
  }
}
