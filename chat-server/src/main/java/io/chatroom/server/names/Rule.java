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
 * A rule of moderation, in force until it is undone or expires. Immutable.
 *
 * @param scope the key of a room, or {@link #SERVER}
 * @param subject to whom it applies ({@link Subject}); empty for a rule of the room itself
 * @param target the target as it was requested, for people: one request can make several rules
 * @param until when it ends, in milliseconds since 1970; null is until undone
 * @param seconds the wait between two messages in a slow room; else 0
 * @param by its author
 * @param at when it was made, in milliseconds since 1970
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

  /** The scope of the whole server, which is no room's name. */
  static final String SERVER = "";

  private static final JsonMapper JSON = new JsonMapper();

  /** The key of a rule: one for each scope, sort and subject. */
  private String key() {
    return scope + " " + sort.word() + " " + subject;
  }

  boolean isInForceAt(long nowMillis) {
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
   * Reads a stored rule.
   *
   * @throws IllegalArgumentException if it is malformed
   */
  static Rule of(Fact fact) {
    try {
      int sortAt = fact.key().indexOf(' ') + 1; // room names contain no space
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
      throw new IllegalArgumentException("the stored rule " + fact.key() + " is damaged", e);
    }
  }
}
