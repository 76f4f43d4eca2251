package io.chatroom.server.facts;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * A person, as facts of all kinds speak of one: by a name, or by the id of an ownership. It finds
 * what is remembered about the person, and says what of it remains when the person is forgotten.
 *
 * <p>So each kind of fact must call people in one of these ways: by a whole word of its key, or by
 * the end of it behind a space; or by a whole string of its value. A fact is the person's own, and
 * is forgotten with it, if its key does so, or its value is an object whose {@code name} or {@code
 * id} does, or the {@code target} of a rule. In any other fact the name alone is replaced.
 */
public final class Somebody {

  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> OWN = List.of("name", "id");

  /** What was laid down for somebody, who may be called by a client or an address there. */
  private static final String RULE = "rule";

  private final Predicate<String> isName;
  private final Set<String> ids = new HashSet<>();

  /**
   * Gets to know a person.
   *
   * @param isName whether a name is that of the person
   * @param all all facts there are: one that has an id beside the name tells the id
   */
  public Somebody(Predicate<String> isName, List<Fact> all) {
    this.isName = isName;
    for (Fact fact : all) {
      JsonNode value = valueOf(fact);
      if (isName(value.path("name")) && value.path("id").isString()) {
        ids.add(value.path("id").asString());
      }
    }
  }

  /** Whether a name is that of the person. */
  public boolean hasName(String name) {
    return isName.test(name);
  }

  /** Whether a fact speaks of the person. */
  public boolean isIn(Fact fact) {
    return isOwn(fact) || isWithin(valueOf(fact));
  }

  /**
   * What remains of a fact that speaks of the person.
   *
   * @param instead the name that it has then
   * @return one without a value if nothing remains
   */
  public Fact without(Fact fact, String instead) {
    return isOwn(fact)
        ? Fact.gone(fact.kind(), fact.key())
        : new Fact(fact.kind(), fact.key(), replaced(valueOf(fact), instead).toString());
  }

  private boolean isOwn(Fact fact) {
    JsonNode value = valueOf(fact);
    return isInKey(fact.key())
        || OWN.stream().anyMatch(field -> isMeant(value.path(field)))
        || (fact.kind().equals(RULE) && isMeant(value.path("target")));
  }

  private boolean isInKey(String key) {
    for (int from = 0; from <= key.length(); ) {
      int space = key.indexOf(' ', from);
      int end = space < 0 ? key.length() : space;
      if (isMeant(key.substring(from, end)) || isName.test(key.substring(from))) {
        return true;
      }
      from = end + 1;
    }
    return false;
  }

  private boolean isMeant(String text) {
    return !text.isEmpty() && (ids.contains(text) || isName.test(text));
  }

  private boolean isMeant(JsonNode value) {
    return value.isString() && isMeant(value.asString());
  }

  private boolean isName(JsonNode value) {
    return value.isString() && isName.test(value.asString());
  }

  private boolean isWithin(JsonNode value) {
    return isMeant(value) || value.values().stream().anyMatch(this::isWithin);
  }

  private JsonNode replaced(JsonNode value, String instead) {
    if (isMeant(value)) {
      return StringNode.valueOf(instead);
    }
    if (value instanceof ArrayNode array) {
      ArrayNode other = JSON.createArrayNode();
      array.values().forEach(one -> other.add(replaced(one, instead)));
      return other;
    }
    if (value instanceof ObjectNode object) {
      ObjectNode other = JSON.createObjectNode();
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        other.set(field.getKey(), replaced(field.getValue(), instead));
      }
      return other;
    }
    return value;
  }

  /** Nothing for what is no JSON. */
  private static JsonNode valueOf(Fact fact) {
    String value = fact.value();
    return value == null ? JSON.missingNode() : parsed(value);
  }

  private static JsonNode parsed(String value) {
    try {
      return JSON.readTree(value);
    } catch (JacksonException e) {
      return JSON.missingNode();
    }
  }
}
