package io.chatroom.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** One of the two descriptions that the server gives, and the schemas in it. */
final class Description {

  /** Of the API. */
  static final Description OPEN_API = new Description("openapi.json", Dialects.getOpenApi31());

  /** Of sessions over WebSocket. */
  static final Description ASYNC_API = new Description("asyncapi.json", Dialects.getDraft7());

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String resource;
  private final SchemaRegistry schemas;

  private Description(String file, Dialect dialect) {
    resource = "io/chatroom/server/api/" + file;
    schemas = SchemaRegistry.withDialect(dialect);
  }

  static JsonNode json(String text) {
    return JSON.readTree(text);
  }

  /** All of it. */
  JsonNode whole() {
    try (InputStream in = Description.class.getClassLoader().getResourceAsStream(resource)) {
      return JSON.readTree(Objects.requireNonNull(in, resource).readAllBytes());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** What stands at a JSON pointer, references followed. */
  JsonNode at(String pointer) {
    JsonNode whole = whole();
    JsonNode there = whole.at(pointer);
    while (there.has("$ref")) {
      there = whole.at(there.get("$ref").asString().substring(1));
    }
    return there;
  }

  /** A schema by its name. */
  JsonNode schema(String name) {
    return at("/components/schemas/" + name);
  }

  /** Fails unless this is what the schema at that pointer says. */
  void check(JsonNode object, String pointer) {
    assertThat(whole().at(pointer).isMissingNode()).as(pointer).isFalse();
    Schema schema = schemas.getSchema(SchemaLocation.of("classpath:" + resource + "#" + pointer));
    assertThat(schema.validate(object)).extracting(Error::toString).as("%s", object).isEmpty();
  }

  /** Calls for each object in it, with its pointer. */
  void eachObject(BiConsumer<String, JsonNode> visitor) {
    visit("", whole(), visitor);
  }

  private static void visit(String pointer, JsonNode node, BiConsumer<String, JsonNode> visitor) {
    if (node.isObject()) {
      visitor.accept(pointer, node);
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        String name = field.getKey().replace("~", "~0").replace("/", "~1");
        visit(pointer + "/" + name, field.getValue(), visitor);
      }
    } else if (node.isArray()) {
      int i = 0;
      for (Iterator<JsonNode> entries = node.iterator(); entries.hasNext(); i++) {
        visit(pointer + "/" + i, entries.next(), visitor);
      }
    }
  }
}
