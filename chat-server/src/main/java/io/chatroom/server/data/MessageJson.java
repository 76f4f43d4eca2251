package io.chatroom.server.data;

import io.chatroom.protocol.VisibleText;
import io.chatroom.server.facts.Fact;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.store.StoredMessage;
import java.io.IOException;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A stored message as a line of JSON. */
final class MessageJson {

  private static final JsonFactory JSON = new JsonFactory();
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final int SHOWN = 80;

  private MessageJson() {}

  static String write(StoredMessage message) {
    StringWriter line = new StringWriter();
    try (JsonGenerator object = JSON.createGenerator(ObjectWriteContext.empty(), line)) {
      object.writeStartObject();
      object.writeStringProperty("room", message.room());
      if (RoomLog.isPrivate(message.room())) {
        object.writeBooleanProperty("private", true);
      }
      object.writeNumberProperty("seq", message.seq());
      object.writeNumberProperty("at", message.at());
      object.writeStringProperty("from", message.from());
      optional(object, "text", message.text());
      if (message.text() == null && message.kind() == null) {
        object.writeBooleanProperty("deleted", true);
      }
      optional(object, "client", message.client());
      optional(object, "id", message.id());
      if (message.replyTo() > 0) {
        object.writeNumberProperty("replyTo", message.replyTo());
      }
      optional(object, "kind", message.kind());
      optional(object, "target", message.target());
      if (message.owned()) {
        object.writeBooleanProperty("owned", true);
      }
      object.writeEndObject();
    }
    return line.toString();
  }

  /** A fact as a line: its value is JSON, or is written as a text. */
  static String write(Fact fact) {
    ObjectNode line = MAPPER.createObjectNode();
    line.put("fact", fact.kind());
    line.put("key", fact.key());
    try {
      line.set("value", MAPPER.readTree(fact.value()));
    } catch (JacksonException e) {
      line.put("value", fact.value());
    }
    return line.toString();
  }

  private static void optional(JsonGenerator object, String name, @Nullable String value) {
    if (value != null) {
      object.writeStringProperty(name, value);
    }
  }

  /**
   * Reads a line.
   *
   * @param number its number, from 1 on, for error messages
   * @throws IOException if it is malformed; the message is one sentence for people
   */
  static StoredMessage read(String line, long number) throws IOException {
    try {
      JsonNode object = MAPPER.readTree(line);
      if (object.path("room").isString()
          && object.path("seq").isIntegralNumber()
          && object.path("seq").asLong() > 0
          && object.path("at").isIntegralNumber()
          && object.path("from").isString()) {
        return new StoredMessage(
            object.path("room").asString(),
            object.path("seq").asLong(),
            object.path("at").asLong(),
            object.path("from").asString(),
            text(object, "text"),
            text(object, "client"),
            text(object, "id"),
            object.path("replyTo").asLong(0),
            text(object, "kind"),
            text(object, "target"),
            object.path("owned").asBoolean(false));
      }
    } catch (JacksonException e) {
      throw refusal(line, number);
    }
    throw refusal(line, number);
  }

  private static @Nullable String text(JsonNode object, String name) {
    JsonNode value = object.path(name);
    return value.isString() ? value.asString() : null;
  }

  private static IOException refusal(String line, long number) {
    String shown = line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line;
    return new IOException(
        "line "
            + number
            + " is \""
            + VisibleText.of(shown)
            + "\", expected an object as export prints it; nothing after it was imported");
  }
}
