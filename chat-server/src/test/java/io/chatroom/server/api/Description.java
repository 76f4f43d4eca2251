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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** One of the two descriptions that the server publishes, with its schemas. */
final class Description {

  private static final ObjectMapper JSON = new ObjectMapper(); // first, as the others need it

  /** The description of the API. */
  static final Description OPEN_API = new Description("openapi.json", Dialects.getOpenApi31());

  /** The schemas of the data of events. */
  private static final String EVENTS =
      "/paths/~1api~1rooms~1{room}~1events/get/responses/200/content/text~1event-stream/x-data";

  /** The description of sessions over WebSocket. */
  static final Description ASYNC_API = new Description("asyncapi.json", Dialects.getDraft7());

  private final String resource;
  private final SchemaRegistry schemas;
  private final JsonNode whole;

  private Description(String file, Dialect dialect) {
    resource = "io/chatroom/server/api/" + file;
    schemas = SchemaRegistry.withDialect(dialect);
    whole = read();
  }

  static JsonNode json(String text) {
    return JSON.readTree(text);
  }

  /** The whole description. */
  JsonNode whole() {
    return whole;
  }

  private JsonNode read() {
    try (InputStream in = Description.class.getClassLoader().getResourceAsStream(resource)) {
      return JSON.readTree(Objects.requireNonNull(in, resource).readAllBytes());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The node at a JSON pointer, with references resolved. */
  JsonNode at(String pointer) {
    JsonNode whole = whole();
    JsonNode there = whole.at(pointer);
    while (there.has("$ref")) {
      there = whole.at(there.get("$ref").asString().substring(1));
    }
    return there;
  }

  /** The schema with a name. */
  JsonNode schema(String name) {
    return at("/components/schemas/" + name);
  }

  /** Fails unless this matches the schema at a pointer. */
  void check(JsonNode object, String pointer) {
    assertThat(whole().at(pointer).isMissingNode()).as(pointer).isFalse();
    Schema schema = schemas.getSchema(SchemaLocation.of("classpath:" + resource + "#" + pointer));
    assertThat(schema.validate(object)).extracting(Error::toString).as("%s", object).isEmpty();
  }

  /**
   * Fails unless an answer matches the description: its status, type, headers and body.
   *
   * @param path the path, with or without a query
   * @param body the whole body, or its beginning
   * @return the described answer, such as {@code GET /api/rooms 200}; empty if the description
   *     lacks the path or the method, and the answer says so
   */
  Optional<String> checkAnswer(
      String method, String path, int status, Map<String, List<String>> headers, String body) {
    String asked = path.replaceFirst("\\?.*", "");
    String operation = method.equals("HEAD") ? "GET" : method;
    for (Map.Entry<String, JsonNode> each : whole().get("paths").properties()) {
      String pattern = each.getKey().replaceAll("\\{\\w+}", "[^/]+");
      if (asked.matches(pattern) && each.getValue().has(operation.toLowerCase(Locale.ROOT))) {
        String pointer =
            "/paths/"
                + each.getKey().replace("/", "~1")
                + "/"
                + operation.toLowerCase(Locale.ROOT)
                + "/responses/"
                + status;
        checkAnswer(pointer, headers, method.equals("HEAD") ? null : body);
        return Optional.of(operation + " " + each.getKey() + " " + status);
      }
    }
    assertThat(status).as(path).isIn(204, 403, 404, 405); // for OPTIONS and unknown paths
    if (status != 204) {
      checkAnswer("/components/responses/NotFound", headers, method.equals("HEAD") ? null : body);
    }
    return Optional.empty();
  }

  /** Checks an answer against the one at a pointer. */
  void checkAnswer(String pointer, Map<String, List<String>> headers, @Nullable String body) {
    assertThat(whole().at(pointer).isMissingNode()).as("described: %s", pointer).isFalse();
    String response = follow(pointer);
    for (Map.Entry<String, JsonNode> header : at(response + "/headers").properties()) {
      assertThat(headers.keySet())
          .as(pointer)
          .anyMatch(name -> name.equalsIgnoreCase(header.getKey()));
    }
    String type =
        headers.entrySet().stream()
            .filter(header -> header.getKey().equalsIgnoreCase("content-type"))
            .map(header -> header.getValue().get(0).replaceFirst(";.*", ""))
            .findFirst()
            .orElse("");
    assertThat(at(response + "/content").propertyNames()).as(pointer).contains(type);
    String content = response + "/content/" + type.replace("/", "~1");
    if (body == null) {
      return;
    }
    if (type.endsWith("json")) {
      check(json(body), content + "/schema");
      assertThat(body).endsWith("\n");
    } else if (type.equals("text/event-stream")) {
      String name = "";
      for (String line : body.lines().toList()) {
        if (line.startsWith("event: ")) {
          name = line.substring(7);
        } else if (line.startsWith("data: ")) {
          checkEvent(name, line.substring(6));
        }
      }
    }
  }

  /** Fails unless an event of a stream matches the description. */
  void checkEvent(String name, String data) {
    JsonNode object = json(data);
    check(object, EVENTS);
    assertThat(object.get("type").asString()).isEqualTo(name);
  }

  /** Resolves the reference at a pointer, if there is one. */
  private String follow(String pointer) {
    JsonNode there = whole().at(pointer).path("$ref");
    return there.isString() ? there.asString().substring(1) : pointer;
  }

  /** Calls back with each object in it, and its pointer. */
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
