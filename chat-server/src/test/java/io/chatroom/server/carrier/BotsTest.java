package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Limits;
import io.chatroom.server.LogCapture;
import io.chatroom.server.facts.MemoryFacts;
import io.chatroom.server.names.Blocks;
import io.chatroom.server.names.Bots;
import io.chatroom.server.names.Entrance;
import io.chatroom.server.names.Guard;
import io.chatroom.server.names.Guests;
import io.chatroom.server.names.Owners;
import io.chatroom.server.names.People;
import io.chatroom.server.names.ReadMarks;
import io.chatroom.server.names.SeedMembers;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bots, which use their owner's name with fewer permissions. */
class BotsTest {

  private static final Pattern TOKEN = Pattern.compile("'token':'([^']+)'");

  private final LogCapture log = LogCapture.ofEverything();
  private final MemoryFacts facts = new MemoryFacts();
  private final Owners owners = owners();
  private final People people = people();
  private final MemoryWorld world = new MemoryWorld(1, 40, new Limits(64, 4_000), people);
  private JsonPeer alice;

  @BeforeEach
  void claim() {
    alice = new JsonPeer(world, "alice", "tea");
    alice.say("{'type':'claim','q':'c'}");
    assertThat(last(alice)).contains("'owned','q':'c'");
  }

  @AfterEach
  void close() {
    world.close();
    log.close();
    assertThat(log.errors()).isEmpty();
  }

  private Owners owners() {
    try {
      return Owners.open(facts, InstantSource.system(), System::nanoTime, 0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private People people() {
    try {
      return new People(
          owners,
          Blocks.open(facts),
          ReadMarks.open(facts),
          Bots.open(facts, owners, InstantSource.system()),
          new Entrance(null, SeedMembers.AUTO, System::nanoTime),
          new Guests(true, 0, System::nanoTime),
          Guard.open(facts, InstantSource.system(), owners));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> answers(JsonPeer peer) {
    for (int i = 0; i < 20; i++) {
      world.round();
    }
    peer.hear();
    return peer.objects.stream()
        .map(json -> json.replace('"', '\''))
        .filter(json -> !json.contains("'presence'"))
        .toList();
  }

  private String last(JsonPeer peer) {
    List<String> all = answers(peer);
    return all.get(all.size() - 1);
  }

  private String make(String label, String rooms, String scope) {
    alice.say(
        "{'type':'tokens','q':'t','action':'make','label':'%s','rooms':[%s],'scope':'%s'}"
            .formatted(label, rooms, scope));
    Matcher token = TOKEN.matcher(last(alice));
    assertThat(token.find()).as(last(alice)).isTrue();
    return token.group(1);
  }

  private JsonPeer bot(String token) {
    JsonPeer bot = new JsonPeer(world);
    bot.say(hello("ALICE", token)); // in any spelling
    return bot;
  }

  private static String hello(String name, String token) {
    return "{'type':'hello','v':2,'name':'%s','client':'%s','token':'%s'}"
        .formatted(name, JsonPeer.client("bot"), token);
  }

  @Test
  void makesAToken() {
    String token = make("weather", "'tea','Coffee'", "write");
    make("radio", "'tea'", "read");
    alice.say("{'type':'tokens','q':'l','action':'list'}");

    assertThat(last(alice))
        .startsWith("{'type':'tokens','q':'l','tokens':[{'label':'")
        .contains("{'label':'weather','rooms':['tea','Coffee'],'scope':'write','at':")
        .contains("{'label':'radio','rooms':['tea'],'scope':'read','at':")
        .doesNotContain("'token'");
    assertThat(facts.read("bot", "", 10).toString()).doesNotContain(token);
    assertThat(log.lines()).noneMatch(line -> line.contains(token));
  }

  @Test
  void usesItsOwnersNameAndPostsInItsRooms() {
    JsonPeer bot = bot(make("weather", "'tea','coffee'", "write"));
    bot.say("{'type':'join','q':'1','room':'TEA'}");
    bot.say("{'type':'post','id':'p','room':'tea','text':'Rain'}");

    assertThat(answers(bot))
        .anyMatch(json -> json.startsWith("{'type':'welcome','v':2,'name':'alice','owned':true"))
        .anyMatch(json -> json.contains("'joined','q':'1'"))
        .anyMatch(json -> json.contains("'ack','id':'p'"));
    assertThat(last(alice)).contains("'from':'alice','owned':true,'text':'Rain'");
  }

  /** Every request of a session, and whether each of two bots may send it. */
  @Test
  void mayDoNothingElse() {
    for (String scope : List.of("read", "write")) {
      JsonPeer bot = bot(make("bot-" + scope, "'tea'", scope));
      bot.say("{'type':'join','q':'j','room':'tea'}");
      assertThat(answers(bot)).anyMatch(json -> json.contains("'joined','q':'j'"));
      alice.say("{'type':'join','q':'x','room':'secret'}");
      for (String allowed :
          List.of(
              "'history','q':'%s','room':'tea','before':9,'limit':1",
              "'search','q':'%s','room':'tea','query':'a','limit':1",
              "'members','q':'%s','room':'tea'")) {
        bot.say("{'type':" + allowed.formatted("a") + "}");
        assertThat(last(bot)).as(allowed).contains("'q':'a'").doesNotContain("'error'");
      }
      for (String forbidden :
          List.of(
              "'join','q':'%s','room':'secret'",
              "'leave','q':'%s','room':'secret'",
              "'history','q':'%s','room':'secret','before':9,'limit':1",
              "'search','q':'%s','room':'secret','query':'a','limit':1",
              "'search','q':'%s','query':'a','limit':1",
              "'members','q':'%s'",
              "'members','q':'%s','room':'secret'",
              "'rooms','q':'%s'",
              "'topic','q':'%s','room':'tea','text':'a'",
              "'delete','q':'%s','room':'tea','seq':1",
              "'claim','q':'%s'",
              "'link','q':'%s'",
              "'moderate','q':'%s','action':'kick','target':'bob','room':'tea'",
              "'tokens','q':'%s','action':'list'",
              "'tokens','q':'%s','action':'make','label':'a','rooms':['tea'],'scope':'read'")) {
        bot.say("{'type':" + forbidden.formatted("f") + "}");
        assertThat(last(bot)).as(forbidden).contains("'error','q':'f','code':'forbidden'");
      }
      bot.say("{'type':'post','id':'p','room':'tea','text':'a'}");
      bot.say("{'type':'post','id':'s','room':'secret','text':'a'}");
      assertThat(answers(bot))
          .anyMatch(json -> json.contains("'error','id':'s','code':'forbidden'"))
          .anyMatch(
              json ->
                  scope.equals("write")
                      ? json.contains("'ack','id':'p'")
                      : json.contains("'error','id':'p','code':'forbidden'"));
    }
  }

  @Test
  void refusesTheRoomsOfAHelloToo() {
    JsonPeer bot = new JsonPeer(world);
    bot.say(
        hello("alice", make("weather", "'tea'", "read"))
            .replace("}", ",'rooms':[{'room':'secret'},{'room':'tea'}]}"));

    assertThat(answers(bot))
        .anyMatch(json -> json.contains("'error','room':'secret','code':'forbidden'"))
        .anyMatch(json -> json.contains("'joined','room':'tea'"));
  }

  @Test
  void isNobodyUnderAnotherName() {
    String token = make("weather", "'tea'", "read");
    JsonPeer bot = new JsonPeer(world);
    bot.say(hello("bob", token));

    assertThat(last(bot)).contains("'code':'token-wrong'");
  }

  @Test
  void isDisconnectedWhenItsTokenIsRevoked() {
    String token = make("weather", "'tea'", "write");
    people.whenPermissionsChange(() -> {});
    JsonPeer bot = bot(token);
    assertThat(last(bot)).contains("'welcome'");
    people.whenPermissionsChange(world.sessions()::recheck);

    alice.say("{'type':'tokens','q':'r','action':'revoke','label':'weather'}");
    assertThat(last(alice)).isEqualTo("{'type':'tokens','q':'r','tokens':[]}");
    assertThat(last(bot))
        .isEqualTo(
            "{'type':'bye','code':'kicked','do':'stop','text':'The token of this bot was"
                + " revoked.'}");
    JsonPeer again = bot(token);
    assertThat(last(again)).contains("'code':'token-wrong'");
    alice.say("{'type':'tokens','q':'r','action':'revoke','label':'weather'}");
    assertThat(last(alice)).contains("'q':'r','code':'bad-request'");
  }

  @Test
  void isForgottenWithTheOwnership() throws IOException {
    String token = make("weather", "'tea'", "write");
    JsonPeer bot = bot(token);
    assertThat(last(bot)).contains("'welcome'");
    people.whenPermissionsChange(world.sessions()::recheck);
    assertThat(owners.free("alice").toCompletableFuture().join()).isTrue();

    assertThat(last(bot)).contains("'bye','code':'kicked'");
    assertThat(last(alice)).contains("'bye','code':'kicked'").contains("This name was freed");
    Bots.open(facts, owners, InstantSource.system());
    assertThat(facts.read("bot", "", 10)).isEmpty();
  }

  @Test
  void isLimitedAndForOwnersOnly() {
    for (int i = 0; i < 10; i++) {
      make("b" + i, "'tea'", "read");
    }
    for (String refused :
        List.of(
            "'label':'eleventh','rooms':['tea'],'scope':'read'",
            "'label':'b0','rooms':['tea'],'scope':'read'",
            "'label':' ','rooms':['tea'],'scope':'read'",
            "'label':'x','rooms':['@bob'],'scope':'read'",
            "'label':'x','rooms':[],'scope':'read'",
            "'label':'x','rooms':['tea']",
            "'rooms':['tea'],'scope':'read'")) {
      alice.say("{'type':'tokens','q':'e','action':'make'," + refused + "}");
      assertThat(last(alice)).as(refused).contains("'error','q':'e'");
    }
    for (int i = 0; i < 60; i++) {
      alice.say("{'type':'tokens','q':'r','action':'revoke','label':'none'}");
    }
    alice.say("{'type':'tokens','q':'last','action':'revoke','label':'b0'}");
    assertThat(last(alice)).contains("'q':'last','code':'rate','do':'retry','afterMillis':");
    JsonPeer guest = new JsonPeer(world, "guest", "tea");
    guest.say("{'type':'tokens','q':'g','action':'list'}");
    assertThat(last(guest)).contains("'q':'g','code':'forbidden'");
  }
}
