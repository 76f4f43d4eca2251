package io.chatroom.server.names;

import io.chatroom.protocol.session.FromClient.Action;
import io.chatroom.protocol.session.FromClient.Moderate;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.facts.Fact;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A moderation request that other servers must perform, too, as the people concerned may be
 * connected to any of them. Immutable.
 *
 * @param asked the request, without its duration
 * @param until when it ends, in milliseconds since 1970; null is until undone
 * @param by its author
 * @param at the time of the request
 */
record Errand(Moderate asked, @Nullable Long until, String by, long at) {

  static final String KIND = "errand";

  private static final JsonMapper JSON = new JsonMapper();

  /** The fact for it, with a key. */
  Fact asFact(String key) {
    ObjectNode value = JSON.createObjectNode().put("action", asked.action().text());
    if (asked.room() != null) {
      value.put("room", asked.room().text());
    }
    value.put("target", asked.target()).put("address", asked.address()).put("by", by).put("at", at);
    if (asked.why() != null) {
      value.put("why", asked.why());
    }
    if (until != null) {
      value.put("until", until);
    }
    return new Fact(KIND, key, value.toString());
  }

  /**
   * Reads an errand from a fact.
   *
   * @throws IllegalArgumentException if it is malformed
   */
  static Errand of(Fact fact) {
    try {
      JsonNode value = JSON.readTree(Objects.requireNonNullElse(fact.value(), ""));
      Moderate asked =
          new Moderate(
              "",
              action(value.path("action").asString("")),
              value.has("room") ? RoomName.of(value.path("room").asString()) : null,
              value.path("target").asString(""),
              null,
              value.path("address").asBoolean(false),
              value.has("why") ? value.path("why").asString() : null);
      return new Errand(
          asked,
          value.has("until") ? value.path("until").asLong() : null,
          value.path("by").asString(""),
          value.path("at").asLong(0));
    } catch (JacksonException e) {
      throw new IllegalArgumentException("the stored errand " + fact.key() + " is damaged", e);
    }
  }

  private static Action action(String text) {
    for (Action action : Action.values()) {
      if (action.text().equals(text)) {
        return action;
      }
    }
    throw new IllegalArgumentException("unknown action " + text);
  }
}
