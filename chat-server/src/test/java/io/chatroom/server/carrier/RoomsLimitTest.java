package io.chatroom.server.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The maximum number of rooms. */
class RoomsLimitTest {

  @TempDir Path data;

  private TcpWorld start(int rooms) {
    return new TcpWorld(
        Map.of("data", data.toString(), "eventLoops", "2", "maxAllRooms", "" + rooms));
  }

  /** Strangers can create rooms, but must not fill the disk or the memory. */
  @Test
  void createsNoRoomsBeyondTheLimitAndKeepsExistingOnes() {
    try (TcpWorld world = start(3)) {
      JsonPeer alice = JsonPeer.in(world, "alice", "one");
      alice.say("{'type':'join','q':'2','room':'two'}");
      alice.say("{'type':'join','q':'3','room':'three'}");
      alice.say("{'type':'join','q':'4','room':'four'}");
      alice.await(world, "'q':'4','code':'too-many-rooms','do':'change'");
      alice.post("one", "stays");
      alice.post("two", "stays");
      alice.await(world, "'ack','id':'1'");
      alice.say("{'type':'leave','q':'l1','room':'one'}");
      alice.say("{'type':'leave','q':'l3','room':'three'}"); // nothing was posted there
      alice.await(world, "'left','q':'l3'");
      alice.say("{'type':'join','q':'5','room':'four'}");
      alice.await(world, "'joined','q':'5'");
      alice.post("four", "stays");
      alice.await(world, "'ack','id':'2'");
    }
    try (TcpWorld world = start(2)) { // there are more rooms already
      JsonPeer alice = JsonPeer.in(world, "alice", "one");
      alice.await(world, "'joined'");
      alice.say("{'type':'join','q':'1','room':'ONE'}");
      alice.say("{'type':'join','q':'2','room':'two'}");
      alice.say("{'type':'join','q':'4','room':'four'}");
      alice.say("{'type':'join','q':'5','room':'five'}");
      alice.await(world, "'q':'5','code':'too-many-rooms'");
      assertThat(alice.heard("\"joined\"")).isEqualTo(4);
    }
  }

  @Test
  void admitsSeedMembersToTheirRoomBeyondTheLimit() {
    try (TcpWorld world = start(1)) {
      JsonPeer alice = JsonPeer.in(world, "alice", "tea");
      alice.await(world, "'joined'");
      World.Line seed = Objects.requireNonNull(world.connect());
      seed.send("3         bob2         hi".getBytes(UTF_8));
      for (int i = 0; alice.heard("\"room\":\"lobby\",\"epoch\"") == 0; i++) { // once he has joined
        alice.say("{'type':'join','q':'j" + i + "','room':'lobby','last':9}");
        alice.await(world, "'q':'j" + i + "'");
      }
      alice.await(world, "'from':'bob','text':'hi'");
    }
  }
}
