package io.chatroom.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.config.ServerConfig;
import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.log.shared.SharedFacts;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.names.Blocks;
import io.chatroom.server.names.Bots;
import io.chatroom.server.names.Entrance;
import io.chatroom.server.names.Guard;
import io.chatroom.server.names.GuardCommands;
import io.chatroom.server.names.Guests;
import io.chatroom.server.names.Owners;
import io.chatroom.server.names.People;
import io.chatroom.server.names.ReadMarks;
import io.chatroom.server.names.SeedMembers;
import io.chatroom.server.postgres.Postgres;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** People on two servers that share what is known of them in PostgreSQL. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // servers take long to start
class SharedPeopleTest {

  private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");

  private final String store = Postgres.shared().newStore();
  private ChatServer here;
  private ChatServer there;

  @BeforeAll
  void start() throws IOException {
    here = server();
    there = server();
  }

  @AfterAll
  void stop() {
    here.close();
    there.close();
  }

  private ChatServer server() throws IOException {
    return ChatServer.start(
        ServerConfig.of(
            Map.of(
                "host", "127.0.0.1",
                "port", "0",
                "drainSeconds", "1",
                "admin", "off",
                "store", store)));
  }

  /** What comes of this type, whatever comes before it. */
  private static String await(WsPeer peer, String type) {
    String object;
    do {
      object = peer.read().text();
    } while (!object.startsWith("{\"type\":\"" + type + "\""));
    return object;
  }

  private static WsPeer connect(ChatServer server) {
    return WsPeer.open(TestPeer.connect(server));
  }

  private static String hello(String name, String token) {
    String hello = WsPeer.hello(name, "{\"room\":\"tea\"}");
    return hello.replace("\"rooms\"", "\"token\":\"" + token + "\",\"rooms\"");
  }

  private static String claim(WsPeer peer) {
    peer.say("{\"type\":\"claim\",\"q\":\"c\"}");
    String owned = peer.expectObject("owned");
    Matcher token = TOKEN.matcher(owned);
    assertThat(token.find()).as(owned).isTrue();
    return token.group(1);
  }

  private static WsPeer joinAs(ChatServer server, String name, String token) {
    WsPeer peer = connect(server).say(hello(name, token));
    peer.expectObject("welcome");
    peer.expectObject("joined");
    return peer;
  }

  @Test
  void oneWhoOwnsItsNameIsTheSameOnBoth() {
    try (WsPeer dora = connect(here).join("dora", "tea")) {
      String token = claim(dora);
      try (WsPeer phone = joinAs(there, "DORA", token);
          WsPeer other = connect(there)) {
        other.say(WsPeer.hello("Dora", "").replace("\"client\":\"0", "\"client\":\"f"));
        assertThat(other.expectObject("error")).contains("\"code\":\"name-owned\"");
        dora.say("{\"type\":\"block\",\"q\":\"b\",\"name\":\"eve\",\"on\":true}");
        await(dora, "blocked");
        assertThat(await(phone, "blocked")).contains("\"names\":[\"eve\"]");
        phone.say("{\"type\":\"post\",\"id\":\"1\",\"room\":\"tea\",\"text\":\"hi\"}");
        await(phone, "ack");
        phone.say("{\"type\":\"read\",\"room\":\"tea\",\"seq\":1}");
        assertThat(await(phone, "read")).contains("\"seq\":1");
        assertThat(await(dora, "read")).contains("\"room\":\"tea\",\"seq\":1");
      }
    }
  }

  /** A command is one more server, to which nobody comes. */
  private void command(String... words) throws IOException {
    StoreAddress address = Objects.requireNonNull(StoreAddress.parse(store));
    try (SharedDatabase database = SharedDatabase.open(address);
        SharedFacts facts = SharedFacts.open(database)) {
      InstantSource clock = InstantSource.system();
      Owners owners = Owners.open(facts, clock, System::nanoTime, 0);
      People people =
          new People(
              owners,
              Blocks.open(facts),
              ReadMarks.open(facts),
              Bots.open(facts, owners, clock),
              new Entrance(null, SeedMembers.AUTO, System::nanoTime),
              new Guests(true, 0, System::nanoTime),
              Guard.open(facts, clock, owners));
      new GuardCommands(people).run(List.of(words));
    }
  }

  @Test
  void orderIsKeptOnBoth() throws IOException {
    try (WsPeer bert = connect(there).join("bert", "tea");
        WsPeer carol = connect(there).join("carol", "tea");
        TestPeer sid = TestPeer.connect(there).send(TestPeer.frame("sid"));
        TestPeer sue = TestPeer.connect(there);
        WsPeer boss = connect(here).join("boss", "tea")) {
      sue.send("GET /api/rooms/tea/events?name=sue HTTP/1.1\r\nHost: x\r\n\r\n");
      read(sue, "event: joined");
      claim(boss);
      command("operator", "add", "boss");
      String answer;
      do { // the server may hear a moment later that this is an operator
        boss.say("{\"type\":\"moderate\",\"q\":\"1\",\"action\":\"kick\",\"target\":\"carol\"}");
        do {
          answer = boss.read().text();
        } while (!answer.contains("\"q\":\"1\""));
      } while (answer.contains("\"code\":\"forbidden\""));
      assertThat(answer).contains("\"type\":\"moderated\"");
      await(carol, "bye");
      boss.say("{\"type\":\"moderate\",\"q\":\"2\",\"action\":\"ban\",\"target\":\"bert\"}");
      await(boss, "moderated");
      assertThat(await(bert, "bye")).contains("\"code\":\"banned\"");
      try (WsPeer again = connect(there).say(WsPeer.hello("bert", ""))) {
        again.expectObject("bye");
      }
      for (String name : List.of("sid", "sue")) {
        boss.say(
            "{\"type\":\"moderate\",\"q\":\"%s\",\"action\":\"ban\",\"target\":\"%s\"}"
                .formatted(name, name));
        await(boss, "moderated");
      }
      sid.awaitClosed();
      read(sue, "\"code\":\"banned\"");
      sue.awaitClosed();
      assertThat(TestHttp.ask(there.address(), "POST", "/api/rooms/tea/messages?name=sue").body())
          .contains("\"code\":\"banned\"");
    }
  }

  /** Reads a stream until something has come. */
  private static void read(TestPeer peer, String part) {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(part) < 0) {
      read.append((char) peer.readBytes(1)[0]);
    }
  }

  private static void post(WsPeer peer, int id, String room, String text) {
    peer.say(
        "{\"type\":\"post\",\"id\":\"%d\",\"room\":\"%s\",\"text\":\"%s\"}"
            .formatted(id, room, text));
    assertThat(await(peer, "ack")).contains("\"room\":\"" + room + "\"");
  }

  /** It comes into a room, where a message may come a moment after it. */
  private static void knows(WsPeer peer, String room, int newest) {
    String joined = await(peer, "joined");
    assertThat(joined).contains("\"room\":\"" + room + "\"");
    if (!joined.contains("\"seq\":" + newest)) {
      assertThat(await(peer, "message")).contains("\"seq\":" + newest);
    }
  }

  @Test
  void twoHearInPrivateWhatIsSaidOnBoth() {
    try (WsPeer alice = connect(here).join("alice", "tea");
        WsPeer bob = connect(there).join("bob", "tea")) {
      String alices = claim(alice);
      String bobs = claim(bob);
      try (WsPeer bobsPhone = joinAs(here, "bob", bobs)) {
        post(alice, 1, "@bob", "psst");
        for (WsPeer peer : List.of(bob, bobsPhone)) {
          assertThat(await(peer, "joined")).contains("\"room\":\"@alice\"");
          assertThat(await(peer, "message")).contains("\"room\":\"@alice\"", "psst");
        }
        post(bob, 2, "@alice", "what");
        assertThat(await(alice, "message")).contains("\"room\":\"@bob\"", "what");
        assertThat(await(bobsPhone, "message")).contains("what");
      }
      bob.say("{\"type\":\"bye\"}");
      post(alice, 3, "@bob", "are you there");
      try (WsPeer again = connect(there).say(hello("bob", bobs));
          WsPeer third = connect(there).say(hello("alice", alices))) {
        assertThat(await(again, "joined")).contains("\"room\":\"tea\"");
        knows(again, "@alice", 3);
        await(third, "joined");
        knows(third, "@bob", 3);
        post(again, 4, "@alice", "now I am");
        assertThat(await(alice, "message")).contains("now I am");
        assertThat(await(third, "message")).contains("now I am");
      }
    }
  }

  @Test
  void oneGuestHasANameOnBoth() {
    String elsewhere = WsPeer.hello("gus", "").replace("\"client\":\"0", "\"client\":\"f");
    try (WsPeer gus = connect(here).join("gus", "tea");
        WsPeer phone = connect(there).join("gus", "tea")) {
      try (WsPeer other = connect(there).say(elsewhere)) {
        assertThat(other.expectObject("error")).contains("\"code\":\"name-taken\"");
        other.say(WsPeer.hello("rob", ""));
        other.expectObject("welcome");
      }
      gus.say("{\"type\":\"bye\"}");
      phone.say("{\"type\":\"bye\"}");
    }
    while (true) {
      try (WsPeer other = connect(here).say(elsewhere)) {
        String answer = other.read().text();
        if (answer.startsWith("{\"type\":\"welcome\"")) {
          return;
        }
        assertThat(answer).contains("\"code\":\"name-taken\"");
      }
    }
  }
}
