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
 * A person in the facts of all kinds, who appears there by a name, or by the id of an ownership.
 * Finds the facts about the person, and knows what remains of each when the person is forgotten.
 *
 * <p>So each kind of fact must refer to people in one of these ways: by a whole word of its key, by
 * the end of its key after a space, or by a whole string of its value. A fact is deleted with the
 * person if its key refers to them, or the {@code name} or {@code id} of its value does, or the
 * {@code target} of a rule. In all other facts only the name is replaced.
 */
public final class Somebody {

  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> OWN = List.of("name", "id");

  /** The kind of rules, which can refer to a person by a client or an address. */
  private static final String RULE = "rule";

  private final Predicate<String> isName;
  private final Set<String> ids = new HashSet<>();

  /**
   * Collects the ids of a person.
   *
   * @param isName true for names of the person
   * @param all all facts; those with an id beside the name give the id
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

  /** Returns true if a name is that of the person. */
  public boolean hasName(String name) {
    return isName.test(name);
  }

  /** Returns true if a fact refers to the person. */
  public boolean isIn(Fact fact) {
    return isOwn(fact) || isWithin(valueOf(fact));
  }

  /**
   * Returns what remains of a fact that refers to the person.
   *
   * @param instead the name to use in its place
   * @return a deletion if nothing remains
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

  /** Empty if the value is not JSON. */
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
