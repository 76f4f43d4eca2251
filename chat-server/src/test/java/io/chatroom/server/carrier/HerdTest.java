package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Limits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hundreds of sessions reconnect at the same moment, and each has missed a hundred messages. */
class HerdTest {

  private static final int HERD = 200;
  private static final int MISSED = 100;
  private static final int TEXT_BYTES = 500;
  private static final long UNREAD_BYTES = 1_000_000;

  private final MemoryWorld world =
      new MemoryWorld(1, HERD + 3, 1_000, new Limits(64, 4_000), UNREAD_BYTES);
  private final JsonPeer talker = new JsonPeer(world, "talker", "room");

  @AfterEach
  void close() {
    world.close();
  }

  /** Measured in turns of the event loops: new posts are delivered in the next turn. */
  @Test
  void catchesUpWithFewConcurrentReadsAndDelaysNobody() {
    String epoch = talkAlot();
    JsonPeer alice = new JsonPeer(world, "alice", "elsewhere");
    JsonPeer bob = new JsonPeer(world, "bob", "elsewhere");
    rounds(3);
    List<JsonPeer> herd = reconnect(epoch);
    alice.hear();
    bob.hear();

    int rounds = 0;
    while (!herd.stream().allMatch(peer -> peer.heard("\"type\":\"message\"") == MISSED)) {
      alice.post("elsewhere", "word " + rounds);
      world.round();
      world.round();
      alice.hear();
      bob.hear();
      herd.forEach(JsonPeer::hear);
      rounds++;
      assertThat(alice.heard("\"type\":\"ack\"")).isEqualTo(rounds);
      assertThat(bob.heard("\"text\":\"word ")).isEqualTo(rounds);
      assertThat(rounds).isLessThan(10 * HERD);
    }
    assertThat(world.mostReads()).isLessThanOrEqualTo(MemoryWorld.READS_AT_ONCE);
    assertThat(herd).noneMatch(peer -> peer.line.hasEnded());
  }

  /** Messages read for clients that do not take them have a common limit. */
  @Test
  void cannotFillTheMemoryByNotReading() {
    String epoch = talkAlot();
    List<JsonPeer> herd = reconnect(epoch);
    for (int round = 0; round < 2 * HERD; round++) {
      world.round();
      herd.forEach(JsonPeer::hear);
      for (int i = 0; i < HERD; i += 2) {
        if (herd.get(i).heard("\"type\":\"joined\"") == 1) {
          herd.get(i).line.stick(); // and the messages being read for it
        }
      }
      assertThat(world.unreadBytes()).isLessThanOrEqualTo(UNREAD_BYTES);
    }
    for (int i = 1; i < HERD; i += 2) {
      assertThat(herd.get(i).heard("\"type\":\"message\"")).isEqualTo(MISSED);
    }
    long left = herd.stream().filter(peer -> !peer.line.hasEnded()).count();
    assertThat(left).as("those who read, and some others").isBetween(HERD / 2L, HERD - HERD / 4L);
  }

  private String talkAlot() {
    rounds(3);
    for (int i = 0; i < MISSED; i++) {
      talker.post("room", "x".repeat(TEXT_BYTES));
      rounds(2);
    }
    talker.hear();
    assertThat(talker.heard("\"type\":\"ack\"")).isEqualTo(MISSED);
    String joined = talker.objects.get(1);
    return joined.replaceFirst(".*\"epoch\":\"", "").replaceFirst("\".*", "");
  }

  private List<JsonPeer> reconnect(String epoch) {
    List<JsonPeer> herd = new ArrayList<>();
    for (int i = 0; i < HERD; i++) {
      herd.add(
          new JsonPeer(
              world, "sheep" + i, "room','after':{'epoch':'" + epoch + "','seq':0},'x':'"));
    }
    return herd;
  }

  private void rounds(int count) {
    for (int i = 0; i < count; i++) {
      world.round();
    }
  }
}
