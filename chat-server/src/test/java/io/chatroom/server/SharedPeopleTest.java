package io.chatroom.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.cluster.SharedStore;
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
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** People on two servers that share what is known of them in PostgreSQL. */
class SharedPeopleTest {

  private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");

  private final String store = Postgres.shared().newStore();
  private int ids;
  private SharedDatabase database;
  private ChatServer here;
  private ChatServer there;

  @BeforeEach
  void start() throws IOException {
    database = SharedDatabase.open(Objects.requireNonNull(StoreAddress.parse(store)));
    here = server();
    there = server();
  }

  @AfterEach
  void stop() {
    here.close();
    there.close();
    database.close();
  }

  private ChatServer server() throws IOException {
    byte[] id = {(byte) ids++};
    Postgres.shared()
        .execute(
            store.substring(store.lastIndexOf('/') + 1),
            "INSERT INTO server (id, name, seen, version, members) VALUES ('\\x%s', 's', now(), '', 0)"
                .formatted(HexFormat.of().formatHex(id)));
    return ChatServer.start(
        ServerConfig.of(
            Map.of("host", "127.0.0.1", "port", "0", "drainSeconds", "1", "admin", "off")),
        new SharedStore(database, id));
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
    try (WsPeer bob = connect(here).join("bob", "tea")) {
      String token = claim(bob);
      try (WsPeer phone = joinAs(there, "BOB", token);
          WsPeer other = connect(there)) {
        other.say(WsPeer.hello("Bob", "").replace("\"client\":\"0", "\"client\":\"f"));
        assertThat(other.expectObject("error")).contains("\"code\":\"name-owned\"");
        bob.say("{\"type\":\"block\",\"q\":\"b\",\"name\":\"eve\",\"on\":true}");
        bob.expectObject("blocked");
        assertThat(phone.expectObject("blocked")).contains("\"names\":[\"eve\"]");
        phone.say("{\"type\":\"post\",\"id\":\"1\",\"room\":\"tea\",\"text\":\"hi\"}");
        phone.expectObject("ack");
        phone.say("{\"type\":\"read\",\"room\":\"tea\",\"seq\":1}");
        assertThat(phone.expectObject("read")).contains("\"seq\":1");
        assertThat(bob.expectObject("read")).contains("\"room\":\"tea\",\"seq\":1");
      }
    }
  }

  /** A command is one more server, to which nobody comes. */
  private void command(String... words) throws IOException {
    try (SharedFacts facts = SharedFacts.open(database)) {
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
    try (WsPeer bob = connect(there).join("bob", "tea");
        WsPeer carol = connect(there).join("carol", "tea");
        WsPeer boss = connect(here).join("boss", "tea")) {
      claim(boss);
      command("operator", "add", "boss");
      String answer;
      do { // the server may hear a moment later that this is an operator
        boss.say("{\"type\":\"moderate\",\"q\":\"1\",\"action\":\"kick\",\"target\":\"carol\"}");
        answer = boss.read().text();
      } while (answer.contains("\"code\":\"forbidden\""));
      assertThat(answer).contains("\"type\":\"moderated\"");
      carol.expectObject("bye");
      boss.say("{\"type\":\"moderate\",\"q\":\"2\",\"action\":\"ban\",\"target\":\"bob\"}");
      boss.expectObject("moderated");
      assertThat(bob.expectObject("bye")).contains("\"code\":\"banned\"");
      try (WsPeer again = connect(there).say(WsPeer.hello("bob", ""))) {
        again.expectObject("bye");
      }
    }
  }

  @Test
  void oneGuestHasANameOnBoth() {
    String elsewhere = WsPeer.hello("bob", "").replace("\"client\":\"0", "\"client\":\"f");
    try (WsPeer bob = connect(here).join("bob", "tea");
        WsPeer phone = connect(there).join("bob", "tea")) {
      try (WsPeer other = connect(there).say(elsewhere)) {
        assertThat(other.expectObject("error")).contains("\"code\":\"name-taken\"");
        other.say(WsPeer.hello("rob", ""));
        other.expectObject("welcome");
      }
      bob.say("{\"type\":\"bye\"}");
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
