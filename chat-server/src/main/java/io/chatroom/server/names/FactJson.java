package io.chatroom.server.names;

import io.chatroom.protocol.session.Position;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads and writes the JSON of facts; throws IllegalArgumentException if it is malformed. */
final class FactJson {

  private static final JsonMapper MAPPER = new JsonMapper();

  private FactJson() {}

  static String names(List<String> names) {
    return MAPPER.writeValueAsString(names);
  }

  static List<String> names(String json) {
    List<String> names = new ArrayList<>();
    read(json).forEach(name -> names.add(name.asString()));
    return List.copyOf(names);
  }

  static String position(Position position) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("epoch", position.epoch());
    node.put("seq", position.seq());
    return node.toString();
  }

  static Position position(String json) {
    JsonNode node = read(json);
    return new Position(node.path("epoch").asString(), node.path("seq").asLong(0));
  }

  private static JsonNode read(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("the stored data of a name is damaged: " + json, e);
    }
  }
}
