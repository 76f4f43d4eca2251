package io.chatroom.server.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.carrier.World.Line;
import io.chatroom.server.postgres.FaultyProxy;
import io.chatroom.server.postgres.Postgres;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The answers of a server that has lost its database. */
class StoreAwayTest {

  private static final String AGAIN =
      "{'type':'post','id':'1','room':'lobby','text':'the lost post'}";

  /**
   * The post is stored, but the server does not learn that: the author repeats it until it is
   * acknowledged.
   */
  @Test
  void aPostInFlightIsUnavailableAndStoredOnce() throws Exception {
    Postgres postgres = Postgres.shared();
    String store = postgres.newStore();
    try (FaultyProxy proxy = new FaultyProxy(postgres.port());
        TcpWorld world = new TcpWorld(Map.of("store", Postgres.through(proxy.port(), store)))) {
      JsonPeer alice = JsonPeer.in(world, "alice", "lobby");
      JsonPeer bob = JsonPeer.in(world, "bob", "lobby");
      Line seed = Objects.requireNonNull(world.connect());
      say(seed, "seed");
      say(seed, "one");
      alice.await(world, "'one'");
      alice.post("lobby", "two");
      alice.await(world, "'ack','id':'0','room':'lobby','seq':2,");

      var lost = proxy.lose("the lost post", FaultyProxy.Loss.ALL);
      alice.post("lobby", "the lost post");
      assertThat(lost.await(60, TimeUnit.SECONDS)).isTrue();
      alice.await(world, "'error','id':'1','code':'unavailable','do':'retry'");
      say(seed, "what the seed said");
      alice.say(AGAIN);
      while (alice.heard("\"unavailable\"") < 2) {
        world.pump();
        alice.hear();
      }
      proxy.mend();
      long refused = 1;
      while (alice.heard("\"ack\",\"id\":\"1\"") == 0) {
        if (alice.heard("\"unavailable\"") > refused) {
          refused = alice.heard("\"unavailable\"");
          alice.say(AGAIN);
        }
        world.pump();
        alice.hear();
      }
      bob.await(world, "'what the seed said'");
      alice.await(world, "'what the seed said'");

      assertThat(alice.last("\"ack\"")).contains("\"seq\":3,");
      assertThat(alice.heard("\"seq\":3,"))
          .as("its place is told once, and the ack that repeats it: %s", alice.objects)
          .isEqualTo(alice.last("\"ack\"").contains("duplicate") ? 2 : 1);
      for (String text : List.of("the lost post", "what the seed said")) {
        assertThat(bob.heard("\"" + text + "\"")).as(text).isEqualTo(1);
        assertThat(
                postgres.query(store, "SELECT count(*) FROM message WHERE text = '" + text + "'"))
            .containsExactly("1");
      }

      postgres.execute(store, "ALTER TABLE message ADD CHECK (text <> 'bad')");
      alice.say("{'type':'post','id':'b','room':'lobby','text':'bad'}");
      alice.say("{'type':'topic','q':'t','room':'lobby','text':'bad'}");
      alice.say("{'type':'post','id':'c','room':'lobby','text':'good'}");
      alice.say("{'type':'bye'}");
      alice.await(world, "'error','id':'b','code':'bad-request','do':'change'");
      alice.await(world, "'error','q':'t','code':'bad-request','do':'change'");
      alice.await(world, "'ack','id':'c'");
    }
  }

  private static void say(Line seed, String text) {
    seed.send("%-10d%s".formatted(text.length(), text).getBytes(UTF_8));
  }
}
