package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.LogCapture;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Private rooms, read marks and blocks, over TCP and WebSocket and after a restart. */
class PrivateRestartTest {

  @TempDir Path data;

  private TcpWorld start() {
    return new TcpWorld(Map.of("data", data.toString(), "eventLoops", "2", "transcript", "true"));
  }

  private static JsonPeer come(TcpWorld world, String name, String token, String rooms) {
    Carriage carriage =
        name.equals("bob") ? new WebSocketCarriage(new Random(1)) : new TcpCarriage();
    JsonPeer peer = new JsonPeer(world, carriage);
    peer.say(
        "{'type':'hello','v':2,'name':'%s','client':'%s',%s'rooms':[%s]}"
            .formatted(
                name,
                JsonPeer.client(name),
                token.isEmpty() ? "" : "'token':'" + token + "',",
                rooms));
    peer.await(world, "'welcome'");
    return peer;
  }

  private static String claim(TcpWorld world, JsonPeer peer) {
    peer.say("{'type':'claim','q':'c'}");
    peer.await(world, "'owned','q':'c'");
    return peer.last("\"owned\",\"q\"").replaceFirst(".*\"token\":\"([^\"]*)\".*", "$1");
  }

  @Test
  void surviveARestart() {
    String alicesToken;
    String bobsToken;
    String epoch;
    try (LogCapture log = new LogCapture()) {
      try (TcpWorld world = start()) {
        JsonPeer alice = come(world, "alice", "", "{'room':'tea'}");
        JsonPeer bob = come(world, "bob", "", "");
        alicesToken = claim(world, alice);
        bobsToken = claim(world, bob);
        alice.post("@bob", "between us"); // both have claimed on this connection
        bob.await(world, "'joined','room':'@alice'");
        bob.await(world, "between us");
        bob.post("@alice", "only us");
        alice.await(world, "only us");
        epoch = alice.last("\"joined\"").replaceFirst(".*\"epoch\":\"([^\"]*)\".*", "$1");
        alice.say("{'type':'read','room':'@bob','seq':2}");
        alice.await(world, "'read','room':'@bob','seq':2");
        alice.say("{'type':'block','q':'b','name':'mallory'}");
        alice.await(world, "'blocked','q':'b'");
      }
      try (TcpWorld world = start()) {
        JsonPeer carol = come(world, "carol", "", "{'room':'tea'}");
        claim(world, carol);
        JsonPeer bob =
            come(
                world,
                "bob",
                bobsToken,
                "{'room':'@alice','after':{'epoch':'" + epoch + "','seq':1}}");
        bob.await(world, "'joined','room':'@alice'");
        bob.await(world, "only us");
        assertThat(bob.last("\"joined\"")).contains("\"resume\":\"complete\"");
        assertThat(bob.heard("between us")).isZero();
        JsonPeer alice = come(world, "alice", alicesToken, "");
        alice.await(world, "'joined','room':'@bob'");
        assertThat(alice.last("\"joined\"")).contains("\"seq\":2").contains("\"read\":2");
        alice.say("{'type':'search','q':'s','query':'us in:@bob','limit':9}");
        alice.await(world, "'page','q':'s'");
        assertThat(alice.last("\"page\"")).contains("between us").contains("only us");
        alice.say("{'type':'block','q':'b'}");
        alice.await(world, "'blocked','q':'b','names':['mallory']");
        carol.say("{'type':'search','q':'s','query':'us','limit':9}");
        carol.await(world, "'page','q':'s','messages':[]");
        carol.say("{'type':'rooms','q':'r'}");
        carol.await(world, "'rooms','q':'r','rooms':[{'room':'tea'");
        assertThat(carol.objects).noneMatch(json -> json.contains("@") || json.contains("us\""));
        JsonPeer mallory = come(world, "mallory", "", "");
        claim(world, mallory);
        mallory.post("@alice", "hello");
        mallory.await(world, "'id':'0','code':'forbidden'");
      }
      assertThat(log.lines())
          .as("neither the transcript nor the log tells of private rooms")
          .noneMatch(line -> line.contains("us") && line.contains("between"))
          .noneMatch(line -> line.contains("~"));
    }
  }
}
