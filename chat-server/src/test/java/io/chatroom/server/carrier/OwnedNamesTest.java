package io.chatroom.server.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Limits;
import io.chatroom.server.LogCapture;
import io.chatroom.server.carrier.World.Line;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Owned names over every transport. */
class OwnedNamesTest {

  private final LogCapture log = new LogCapture();
  private final MemoryWorld world = new MemoryWorld(1, 20, 20, new Limits(64, 4_000));

  @AfterEach
  void close() {
    world.close();
    log.close();
    assertThat(log.errors()).isEmpty();
  }

  private JsonPeer connect(boolean webSocket) {
    return webSocket
        ? new JsonPeer(world, new WebSocketCarriage(new Random(1)))
        : new JsonPeer(world);
  }

  private JsonPeer hello(boolean webSocket, String name, String client, String more) {
    JsonPeer peer = connect(webSocket);
    peer.say(
        "{'type':'hello','v':2,'name':'%s','client':'%s','rooms':[{'room':'lobby'}]%s}"
            .formatted(name, JsonPeer.client(client), more));
    return peer;
  }

  private List<String> answers(JsonPeer peer) {
    for (int i = 0; i < 60; i++) {
      world.round();
      peer.hear();
    }
    return peer.objects.stream()
        .map(json -> json.replace('"', '\''))
        .filter(json -> !json.contains("'presence'"))
        .toList();
  }

  private String last(JsonPeer peer) {
    List<String> answers = answers(peer);
    return answers.get(answers.size() - 1);
  }

  private static String field(String name, String json) {
    assertThat(json).contains("'" + name + "':'");
    return json.replaceFirst(".*'" + name + "':'([^']*)'.*", "$1");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClaimedNameIsOwnedInAllThatIsSaidFromThenOn(boolean webSocket) {
    JsonPeer alice = hello(webSocket, "alice", "alice", "");
    JsonPeer bob = hello(!webSocket, "bob", "bob", "");
    assertThat(answers(alice).get(0)).contains("'owned':false").contains("'claim'", "'link'");
    alice.post("lobby", "one");
    alice.say("{'type':'claim','q':'c'}");
    String owned = last(alice);
    assertThat(owned).matches("\\{'type':'owned','q':'c','token':'[\\w-]{43}'}");
    alice.post("lobby", "two");
    assertThat(last(alice)).contains("'ack'");
    assertThat(answers(bob))
        .anyMatch(json -> json.contains("'from':'alice','text':'one'"))
        .anyMatch(json -> json.contains("'from':'alice','owned':true,'text':'two'"));

    JsonPeer phone =
        hello(!webSocket, "alice", "phone", ",'token':'" + field("token", owned) + "'");
    assertThat(answers(phone).get(0)).contains("'welcome'").contains("'owned':true");
    phone.post("lobby", "three");
    for (String ask : List.of("'history','before':99,'room':'lobby'", "'search','query':'t*'")) {
      phone.say("{'q':'q','limit':9,'type':" + ask + "}");
      assertThat(last(phone))
          .contains("'from':'alice','owned':true,'text':'two'")
          .contains("'from':'alice','owned':true,'text':'three'");
    }
    assertThat(log.lines()).noneMatch(line -> line.contains(field("token", owned)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCodeBringsANameToAnotherDevice(boolean webSocket) {
    JsonPeer alice = hello(webSocket, "alice", "alice", "");
    alice.say("{'type':'link','q':'l'}");
    assertThat(last(alice)).contains("'error','q':'l','code':'forbidden','do':'ask'");
    alice.say("{'type':'claim','q':'c'}");
    assertThat(last(alice)).contains("'owned'");
    alice.say("{'type':'link','q':'l'}");
    String link = last(alice);
    assertThat(link).contains("'link','q':'l','code':'").endsWith(",'seconds':600}");
    String withCode = ",'token':'" + field("code", link) + "'";

    JsonPeer phone = hello(!webSocket, "alice", "phone", withCode);
    assertThat(answers(phone).get(0)).contains("'welcome'").contains("'owned':true");
    phone.say("{'type':'claim','q':'c'}");
    assertThat(last(phone)).contains("'owned','q':'c'");
    JsonPeer thief = hello(webSocket, "alice", "thief", withCode);
    assertThat(last(thief)).contains("'error','code':'token-wrong','do':'ask'");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSeedMemberOfThatNameIsLetInAndDoesNotOwnIt(boolean webSocket) {
    JsonPeer alice = hello(webSocket, "alice", "alice", "");
    alice.say("{'type':'claim','q':'c'}");
    assertThat(last(alice)).contains("'owned'");
    Line seed = Objects.requireNonNull(world.connect());
    for (String text : List.of("alice", "it is me")) {
      seed.send(TcpCarriage.frame(text.getBytes(UTF_8)));
    }
    assertThat(last(alice)).endsWith("'from':'alice','text':'it is me'}");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void answersAClaimBeforeAnEndAndRefusesWhatItShould(boolean webSocket) {
    JsonPeer alice = hello(webSocket, "alice", "alice", "");
    JsonPeer like = hello(webSocket, "аlice", "eve", ""); // in Cyrillic
    assertThat(answers(like).get(0)).contains("'welcome'");
    alice.say("{'type':'claim','q':'c'}");
    alice.say("{'type':'bye'}");
    assertThat(answers(alice)).anyMatch(json -> json.contains("'owned'"));
    like.say("{'type':'claim','q':'c'}");
    assertThat(last(like)).contains("'error','q':'c','code':'name-looks-alike','do':'ask'");
    JsonPeer eve = hello(webSocket, "ALICE", "eve", "");
    assertThat(last(eve)).contains("'error','code':'name-owned','do':'ask'");
    eve.say("{'type':'hello','v':2,'name':'eve','client':'%s'}".formatted(JsonPeer.client("eve")));
    assertThat(last(eve)).contains("'welcome'");
  }
}
