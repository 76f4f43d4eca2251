package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with a data directory goes on where the one before has ended. */
class RestartTest {

  private static final long SECONDS = 20;

  @TempDir Path data;

  private TcpWorld start() {
    return new TcpWorld(Map.of("data", data.toString(), "eventLoops", "2"));
  }

  @Test
  void keepsRoomsOverARestart() {
    String epoch;
    try (TcpWorld world = start()) {
      JsonPeer alice = new JsonPeer(world, "alice", "tea");
      heard(world, alice, "'joined'");
      assertThat(alice.objects.get(0)).contains("\"features\":[\"durable\",");
      alice.post("tea", "one");
      alice.say("{'type':'topic','q':'t','room':'tea','text':'Tea'}");
      alice.post("tea", "two");
      heard(world, alice, "'ack','id':'1'");
      epoch = epoch(alice);
    }
    try (TcpWorld world = start()) {
      JsonPeer bob =
          new JsonPeer(world, "bob", "tea','after':{'epoch':'" + epoch + "','seq':1},'x':'");
      heard(world, bob, "'two'");
      assertThat(bob.objects)
          .extracting(json -> json.replace('"', '\''))
          .anyMatch(
              json ->
                  json.contains("'epoch':'" + epoch + "','seq':3,'first':1")
                      && json.contains("'topic':'Tea'")
                      && json.contains("'resume':'complete'"))
          .noneMatch(json -> json.contains("'one'"));
      JsonPeer alice = new JsonPeer(world, "alice", "tea");
      alice.post("tea", "one");
      heard(world, alice, "'ack','id':'0','room':'tea','seq':1,");
      assertThat(alice.heard("\"duplicate\":true")).isEqualTo(1);
      alice.say("{'type':'rooms','q':'r'}");
      heard(world, alice, "{'room':'tea','count':2,'seq':3,'topic':'Tea'}");
    }
  }

  private static String epoch(JsonPeer peer) {
    String joined =
        peer.objects.stream().filter(json -> json.contains("\"joined\"")).findFirst().orElseThrow();
    return joined.replaceFirst(".*\"epoch\":\"([^\"]*)\".*", "$1");
  }

  private static void heard(TcpWorld world, JsonPeer peer, String part) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (peer.heard(part.replace('\'', '"')) == 0) {
      assertThat(System.nanoTime()).as("%s in %s", part, peer.objects).isLessThan(deadline);
      world.pump();
      peer.hear();
    }
  }
}
