package io.chatroom.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.JsonObjects;
import io.chatroom.protocol.session.Position;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The two descriptions follow their formats, and match the code. */
class DescriptionTest {

  private static final Pattern OBJECT = Pattern.compile("(?m)^ {4}(.*?)(\\{\"type\":\".*})$");

  @Test
  void theApiDescriptionIsValidOpenApi() {
    SchemaRegistry ofOpenApi =
        SchemaRegistry.withDialects(
            List.of(Dialects.getDraft202012(), Dialects.getOpenApi31()),
            builder ->
                builder.schemaIdResolvers(
                    ids ->
                        ids.mapPrefix(
                            "https://spec.openapis.org/", "classpath:spec.openapis.org/")));
    String meta = "https://spec.openapis.org/oas/3.1/schema-base/2022-10-07";

    assertThat(ofOpenApi.getSchema(SchemaLocation.of(meta)).validate(Description.OPEN_API.whole()))
        .extracting(Error::toString)
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("both")
  void everyReferenceResolvesAndEverythingIsReferenced(Description description) {
    Set<String> referred = new HashSet<>();
    description.eachObject(
        (pointer, node) -> {
          if (node.path("$ref").isString()) {
            String there = node.get("$ref").asString();
            assertThat(there).startsWith("#/");
            assertThat(description.whole().at(there.substring(1)).isMissingNode())
                .as("%s at %s", there, pointer)
                .isFalse();
            assertThat(node.size()).as("a reference stands alone: %s", pointer).isEqualTo(1);
            referred.add(there);
          }
        });

    for (Map.Entry<String, JsonNode> kind : description.whole().get("components").properties()) {
      if (!kind.getKey().equals("securitySchemes")) {
        assertThat(referred)
            .containsAll(
                kind.getValue().properties().stream()
                    .map(named -> "#/components/" + kind.getKey() + "/" + named.getKey())
                    .toList());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("both")
  void examplesMatchTheirSchemas(Description description) {
    List<String> checked = new ArrayList<>();
    description.eachObject(
        (pointer, node) -> {
          if (node.has("schema") && node.has("example")) {
            description.check(node.get("example"), pointer + "/schema");
            checked.add(pointer);
          }
          if (node.has("payload") && node.has("examples")) {
            for (JsonNode example : node.get("examples")) {
              description.check(example.get("payload"), pointer + "/payload");
              checked.add(pointer);
            }
          }
        });
    assertThat(checked).hasSizeGreaterThan(5);
  }

  @Test
  void bothDescriptionsShareTheirSchemas() {
    JsonNode ofSessions = Description.ASYNC_API.whole().at("/components/schemas");
    List<String> shared = new ArrayList<>();
    for (Map.Entry<String, JsonNode> schema :
        Description.OPEN_API.whole().at("/components/schemas").properties()) {
      if (ofSessions.has(schema.getKey())) {
        assertThat(ofSessions.get(schema.getKey()))
            .as(schema.getKey())
            .isEqualTo(schema.getValue());
        shared.add(schema.getKey());
      }
    }
    assertThat(shared).contains("Message", "Event", "Ack", "Gap", "Page", "Rooms", "Joined", "Bye");
  }

  @Test
  void everyObjectOfSessionsIsDescribedWithAllItsFields() {
    for (Class<?> said : records(FromServer.class)) {
      assertThat(properties(said.getSimpleName())).as(said.getSimpleName()).isEqualTo(fields(said));
    }
    for (Class<?> said : records(FromClient.class)) {
      String name = said.getSimpleName();
      assertThat(properties(name.equals("Wish") ? name : "Client" + name))
          .as(name)
          .isEqualTo(fields(said));
    }
    assertThat(properties("Position")).isEqualTo(fields(Position.class));
  }

  @Test
  void everyObjectOfSessionsIsAMessageOfTheChannelAndOfAnOperation() {
    JsonNode whole = Description.ASYNC_API.whole();
    Set<String> expected = new TreeSet<>();
    for (Class<?> said : FromServer.class.getPermittedSubclasses()) {
      expected.add(said.getSimpleName());
    }
    for (Class<?> said : FromClient.class.getPermittedSubclasses()) {
      expected.add("Client" + said.getSimpleName());
    }
    assertThat(names(whole.at("/components/messages"))).isEqualTo(expected);
    assertThat(names(whole.at("/channels/session/messages"))).isEqualTo(expected);

    Set<String> used = new TreeSet<>();
    for (JsonNode operation : whole.get("operations")) {
      operation.findValuesAsString("$ref").stream()
          .filter(there -> there.startsWith("#/channels/session/messages/"))
          .forEach(there -> used.add(there.substring(there.lastIndexOf('/') + 1)));
    }
    assertThat(used).isEqualTo(expected);
  }

  @Test
  void writtenObjectsMatchTheSchemas() {
    Map<String, Set<String>> missing = new HashMap<>();
    checkAll(JsonObjects.ofClients(40), type -> "Client" + type, missing);
    checkAll(JsonObjects.ofServers(40), type -> type, missing);

    // One example lacks each optional field: no schema is laxer than the code.
    JsonNode schemas = Description.ASYNC_API.whole().at("/components/schemas");
    missing.forEach(
        (name, lacking) -> {
          Set<String> optional = properties(name);
          for (JsonNode field : schemas.get(name).get("required")) {
            optional.remove(field.asString());
          }
          if (name.equals("Page") || name.equals("Rooms")) {
            optional.remove("q"); // HTTP has none
          }
          assertThat(lacking).as(name).isEqualTo(optional);
        });
    assertThat(missing).hasSize(38);
  }

  private static void checkAll(
      List<String> objects, UnaryOperator<String> schema, Map<String, Set<String>> missing) {
    for (String text : objects) {
      JsonNode object = Description.json(text);
      String type = object.get("type").asString();
      String name = schema.apply(Character.toUpperCase(type.charAt(0)) + type.substring(1));
      Description.ASYNC_API.check(object, "/components/messages/" + name + "/payload");
      Set<String> lacking = properties(name);
      object.properties().forEach(field -> lacking.remove(field.getKey()));
      missing.computeIfAbsent(name, first -> new TreeSet<>()).addAll(lacking);
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void objectsInTheGuidesMatchTheSchemas(Path page) throws IOException {
    List<String> lines =
        OBJECT
            .matcher(Files.readString(page))
            .results()
            .map(found -> (found.group(1).startsWith("→") ? "Client" : "") + found.group(2))
            .toList();

    assertThat(lines).isNotEmpty();
    for (String line : lines) {
      JsonNode object = Description.json(line.replaceFirst("^Client", ""));
      String type = object.get("type").asString();
      boolean ofClient = line.startsWith("Client") || object.has("action");
      String name =
          (ofClient ? "Client" : "") + Character.toUpperCase(type.charAt(0)) + type.substring(1);
      Description.ASYNC_API.check(object, "/components/messages/" + name + "/payload");
    }
  }

  @Test
  void everyCodeOfAnErrorHasItsStatus() {
    String responses = Description.OPEN_API.whole().at("/components/responses").toString();

    assertThat(Arrays.stream(Code.values()).filter(code -> !code.isBye()).map(Code::text))
        .filteredOn(code -> !Set.of("unknown-type", "not-joined").contains(code)) // sessions alone
        .allSatisfy(code -> assertThat(responses).contains("`" + code + "`"));
  }

  private static Stream<Description> both() {
    return Stream.of(Description.OPEN_API, Description.ASYNC_API);
  }

  private static Stream<Path> pages() {
    return Stream.of(Path.of("../chat-protocol/SESSIONS.md"), Path.of("../docs/bots.md"));
  }

  private static Set<String> properties(String schema) {
    return names(Description.ASYNC_API.schema(schema).path("properties"));
  }

  private static Set<String> names(JsonNode object) {
    return new TreeSet<>(object.propertyNames());
  }

  private static List<Class<?>> records(Class<?> around) {
    return Arrays.stream(around.getDeclaredClasses())
        .<Class<?>>map(said -> said)
        .filter(Class::isRecord)
        .toList();
  }

  /** The fields on the wire: the names of the components, with these exceptions. */
  private static Set<String> fields(Class<?> said) {
    Set<String> fields = new TreeSet<>();
    if (FromClient.class.isAssignableFrom(said) || FromServer.class.isAssignableFrom(said)) {
      fields.add("type");
    }
    for (RecordComponent component : said.getRecordComponents()) {
      String name = component.getName();
      switch (name) {
        case "act" -> fields.add("do");
        case "targetSeq" -> fields.add("target");
        case "side" -> fields.addAll(List.of("before", "after", "around"));
        default -> fields.add(name);
      }
    }
    if (said == FromClient.History.class) {
      fields.remove("seq"); // written as the value of the side
    } else if (said == FromClient.Hello.class || said == FromServer.Welcome.class) {
      fields.add("v");
    } else if (said == FromServer.Message.class) {
      fields.add("deleted");
    }
    return fields;
  }
}
