package io.chatroom.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.config.ServerConfig;
import io.chatroom.server.postgres.Postgres;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is in a room, on two servers that share a database. */
class SharedPresenceTest {

  private final String store = Postgres.shared().newStore();
  private ChatServer here;
  private ChatServer there;

  @BeforeEach
  void start() throws IOException {
    here = server();
    there = server();
  }

  @AfterEach
  void stop() {
    here.close();
    there.close();
  }

  private ChatServer server() throws IOException {
    Map<String, String> options = new HashMap<>();
    options.put("host", "127.0.0.1");
    options.put("port", "0");
    options.put("drainSeconds", "1");
    options.put("admin", "off");
    options.put("store", store);
    return ChatServer.start(ServerConfig.of(options));
  }

  private static WsPeer join(ChatServer server, String name) {
    WsPeer peer = WsPeer.open(TestPeer.connect(server));
    peer.say(WsPeer.hello(name, "{\"room\":\"tea\"}"));
    peer.expectObject("welcome");
    return peer;
  }

  /** Hears presence until something is told. */
  private static void isTold(WsPeer peer, String part) {
    String heard;
    do {
      heard = peer.expectObject("presence");
    } while (!heard.contains(part));
  }

  @Test
  void membersOfOneRoomAreOneCompanyOnBoth() {
    try (WsPeer alice = join(here, "alice")) {
      alice.expectObject("joined");
      try (WsPeer bob = join(there, "bob")) {
        bob.expectObject("joined");
        isTold(alice, "\"came\":[\"bob\"],\"count\":2");
        alice.say("{\"type\":\"members\",\"q\":\"1\",\"room\":\"tea\"}");
        assertThat(alice.expectObject("members"))
            .contains("\"members\":[\"alice\",\"bob\"],\"count\":2");
        String all;
        do { // each server says how many it has, when it says that it is there
          alice.say("{\"type\":\"members\",\"q\":\"2\"}");
          all = alice.expectObject("members");
        } while (!all.endsWith("\"members\":[\"alice\",\"bob\"],\"count\":2}"));
        alice.say("{\"type\":\"rooms\",\"q\":\"3\"}");
        assertThat(alice.expectObject("rooms")).contains("{\"room\":\"tea\",\"count\":2,\"seq\":0");
        assertThat(TestHttp.get(here.address(), "/api/rooms").body())
            .contains("{\"room\":\"tea\",\"count\":2,\"seq\":0");
        try (WsPeer carl = join(there, "carl")) {
          assertThat(carl.expectObject("joined"))
              .contains("\"count\":3,\"members\":[\"bob\",\"carl\",\"alice\"]");
          isTold(alice, "\"came\":[\"carl\"],\"count\":3");
        }
        isTold(alice, "\"went\":[\"carl\"],\"count\":2");
        there.close();
        isTold(alice, "\"went\":[\"bob\"],\"count\":1");
      }
    }
  }

  /** A room is told of though nobody of this server was ever there. */
  @Test
  void aRoomIsListedWhereNobodyIsInIt() {
    try (WsPeer alice = join(here, "alice")) {
      alice.expectObject("joined");
      String rooms;
      do {
        rooms = TestHttp.get(there.address(), "/api/rooms").body();
      } while (!rooms.contains("{\"room\":\"tea\",\"count\":1"));
      try (WsPeer bob = join(there, "bob")) {
        assertThat(bob.expectObject("joined"))
            .contains("\"count\":2,\"members\":[\"bob\",\"alice\"]");
      }
    }
  }
}
