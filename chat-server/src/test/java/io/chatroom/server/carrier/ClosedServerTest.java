package io.chatroom.server.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Limits;
import io.chatroom.server.LogCapture;
import io.chatroom.server.facts.MemoryFacts;
import io.chatroom.server.names.AccessKeys;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The people a closed server admits, and the permissions of guests. */
class ClosedServerTest {

  private static final String KEY = "0123456789abcdef";
  private static final String WRONG = "0123456789abcdeX";

  @TempDir static Path dir;

  private final LogCapture log = new LogCapture();
  private final AtomicLong nanos = new AtomicLong();
  private final AccessKeys keys = keys();
  private final Entrance closed = new Entrance(keys, SeedMembers.AUTO, nanos::get);
  private final Entrance open = new Entrance(null, SeedMembers.AUTO, nanos::get);

  @AfterEach
  void close() {
    keys.close();
    log.close();
    assertThat(log.errors()).isEmpty();
    assertThat(log.lines()).noneMatch(line -> line.contains(KEY) || line.contains(WRONG));
  }

  private static AccessKeys keys() {
    try {
      return AccessKeys.open(
          Files.writeString(dir.resolve("keys"), KEY + " the lab\n"), InstantSource.system());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static MemoryWorld world(Entrance entrance, Guests guests) {
    Owners owners = owners();
    return new MemoryWorld(1, 30, new Limits(64, 4_000), people(owners, entrance, guests));
  }

  private static Owners owners() {
    try {
      return Owners.open(new MemoryFacts(), InstantSource.system(), System::nanoTime, 0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static People people(Owners owners, Entrance entrance, Guests guests) {
    MemoryFacts facts = new MemoryFacts();
    try {
      return new People(
          owners,
          Blocks.open(facts),
          ReadMarks.open(facts),
          Bots.open(facts, owners, InstantSource.system()),
          entrance,
          guests,
          Guard.open(facts, InstantSource.system(), owners));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Guests guests(boolean areWelcome, int newRoomsPerHour) {
    return new Guests(areWelcome, newRoomsPerHour, nanos::get);
  }

  private static String hello(String name, String more) {
    return "{'type':'hello','v':2,'name':'%s','client':'%s'%s}"
        .formatted(name, JsonPeer.client(name), more);
  }

  private static List<String> answers(MemoryWorld world, JsonPeer peer) {
    for (int i = 0; i < 20; i++) {
      world.round();
    }
    peer.hear();
    return peer.objects.stream().map(json -> json.replace('"', '\'')).toList();
  }

  @Test
  void admitsHoldersOfAKeyAndLogsItsLabel() {
    try (MemoryWorld world = world(closed, guests(true, 0))) {
      JsonPeer alice = new JsonPeer(world);
      alice.say(hello("alice", ",'key':'" + KEY + "'"));
      JsonPeer bob = new JsonPeer(world);
      bob.say(hello("bob", ",'key':'" + WRONG + "'"));
      JsonPeer carol = new JsonPeer(world);
      carol.say(hello(" ", "")); // does not even learn that the name is illegal

      assertThat(answers(world, alice)).first().asString().contains("'welcome'");
      String refusal =
          "{'type':'bye','code':'key-wrong','do':'stop','text':'This server needs an access key,"
              + " and yours is wrong or missing; ask its operator for one.'}";
      assertThat(answers(world, bob)).containsExactly(refusal);
      assertThat(answers(world, carol)).containsExactly(refusal);
      assertThat(bob.line.hasEnded()).isTrue();
      assertThat(log.lines()).contains("unknown, user: alice, key: the lab");
    }
  }

  @Test
  void slowsWrongKeysDownAndChecksNoRightOneMeanwhile() {
    try (MemoryWorld world = world(closed, guests(true, 0))) {
      for (int i = 0; i < 10; i++) {
        JsonPeer guesser = new JsonPeer(world);
        guesser.say(hello("eve", ",'key':'" + WRONG + i + "'"));
        assertThat(answers(world, guesser)).first().asString().contains("'key-wrong'");
      }
      JsonPeer next = new JsonPeer(world);
      next.say(hello("eve", ",'key':'" + WRONG + "'"));
      next.say(hello("alice", ",'key':'" + KEY + "'"));
      assertThat(answers(world, next))
          .hasSize(2)
          .allMatch(json -> json.contains("'rate','do':'retry','afterMillis':6000"));

      nanos.addAndGet(Duration.ofSeconds(6).toNanos());
      next.say(hello("alice", ",'key':'" + KEY + "'"));
      assertThat(answers(world, next)).last().asString().contains("'welcome'");
    }
  }

  @Test
  void closesSeedConnectionsWithoutAnAnswer() {
    try (MemoryWorld world = world(closed, guests(true, 0))) {
      World.Line seed = Objects.requireNonNull(world.connect());
      seed.send(TcpCarriage.frame("bob".getBytes(UTF_8)));
      for (int i = 0; i < 5; i++) {
        world.round();
      }

      assertThat(seed.hasEnded()).isTrue();
      assertThat(seed.receive()).isEmpty();
    }
  }

  @Test
  void letsGuestsOnlyClaimWhereTheyAreNotAllowed() {
    try (MemoryWorld world = world(open, guests(false, 0))) {
      JsonPeer bob = new JsonPeer(world, "bob", "tea");
      bob.say("{'type':'join','q':'1','room':'tea'}");
      bob.say("{'type':'post','id':'2','room':'tea','text':'hello'}");
      bob.say("{'type':'rooms','q':'3'}");
      bob.say("{'type':'members','q':'4'}");
      bob.say("{'type':'search','q':'5','query':'a','limit':1}");
      bob.say("{'type':'ping','q':'6'}");
      bob.say("{'type':'claim','q':'7'}");

      List<String> answers = answers(world, bob);
      assertThat(answers.get(0)).contains("'welcome'");
      assertThat(answers.get(1)).contains("'room':'tea','code':'forbidden'");
      assertThat(answers.subList(2, 7)).allMatch(json -> json.contains("'code':'forbidden'"));
      assertThat(answers.get(3)).contains("'id':'2'");
      assertThat(answers.get(7)).contains("'pong'");
      assertThat(answers.get(8)).contains("'q':'7'").doesNotContain("forbidden");
    }
  }

  @Test
  void limitsNewRoomsPerHour() {
    try (MemoryWorld world = world(open, guests(true, 2))) {
      JsonPeer alice = new JsonPeer(world, "alice", "one");
      JsonPeer bob = new JsonPeer(world, "bob", "one"); // joins it, and creates none
      bob.say("{'type':'join','q':'2','room':'two'}");
      bob.say("{'type':'join','q':'3','room':'three'}");

      assertThat(answers(world, alice)).anyMatch(json -> json.contains("'joined','room':'one'"));
      assertThat(answers(world, bob))
          .anyMatch(json -> json.contains("'joined','q':'2'"))
          .anyMatch(
              json -> json.contains("'q':'3','code':'rate','do':'retry','afterMillis':1800000"));
      nanos.addAndGet(Duration.ofMinutes(30).toNanos());
      bob.say("{'type':'join','q':'4','room':'three'}");
      assertThat(answers(world, bob)).anyMatch(json -> json.contains("'joined','q':'4'"));
    }
  }
}
