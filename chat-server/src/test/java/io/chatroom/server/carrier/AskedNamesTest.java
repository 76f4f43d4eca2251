package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Limits;
import io.chatroom.server.LogCapture;
import io.chatroom.server.facts.MemoryFacts;
import io.chatroom.server.names.Blocks;
import io.chatroom.server.names.Bots;
import io.chatroom.server.names.Entrance;
import io.chatroom.server.names.Guard;
import io.chatroom.server.names.GuardCommands;
import io.chatroom.server.names.Guests;
import io.chatroom.server.names.NamesElsewhere;
import io.chatroom.server.names.NamesInUse;
import io.chatroom.server.names.Owners;
import io.chatroom.server.names.People;
import io.chatroom.server.names.ReadMarks;
import io.chatroom.server.names.SeedMembers;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions and HTTP requests whose names must be looked up on other servers. */
class AskedNamesTest {

  private final LogCapture log = new LogCapture();
  private final Asked asked = new Asked();
  private final People people = people(asked);
  private final MemoryWorld world = new MemoryWorld(1, 30, new Limits(64, 4_000), people);

  private static People people(NamesElsewhere asked) {
    MemoryFacts facts = new MemoryFacts();
    InstantSource clock = InstantSource.system();
    try {
      Owners owners = Owners.open(facts, clock, System::nanoTime, 0);
      return new People(
          owners,
          Blocks.open(facts),
          ReadMarks.open(facts, Runnable::run),
          Bots.open(facts, owners, clock),
          new Entrance(null, SeedMembers.AUTO, System::nanoTime),
          new Guests(true, 0, System::nanoTime),
          Guard.open(facts, clock, owners),
          new NamesInUse(asked));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() {
    world.close();
    log.close();
    assertThat(log.errors()).isEmpty();
  }

  /** Answers when the test says so. */
  private static final class Asked implements NamesElsewhere {

    private final Deque<CompletableFuture<Boolean>> waiting = new ArrayDeque<>();
    private final List<String> givenBack = new ArrayList<>();

    @Override
    public CompletionStage<Boolean> take(String key, String client) {
      CompletableFuture<Boolean> answer = new CompletableFuture<>();
      waiting.add(answer);
      return answer;
    }

    @Override
    public void giveBack(String key) {
      givenBack.add(key);
    }

    void answer(boolean taken) {
      Objects.requireNonNull(waiting.poll()).complete(taken);
    }

    void fail() {
      Objects.requireNonNull(waiting.poll()).completeExceptionally(new IOException("it is away"));
    }
  }

  private List<String> told(JsonPeer peer) {
    for (int i = 0; i < 20; i++) {
      world.round();
      peer.hear();
    }
    return peer.objects.stream()
        .map(json -> json.replace('"', '\''))
        .map(json -> json.replaceFirst("\\{'type':'([a-z]+)'.*", "$1"))
        .filter(type -> !type.equals("presence"))
        .toList();
  }

  private static String code(JsonPeer peer) {
    String last = peer.objects.get(peer.objects.size() - 1);
    return last.replaceFirst(".*\"code\":\"([a-z-]+)\".*", "$1");
  }

  @Test
  void takesRequestsAfterAHelloOnceTheNameIsKnownToBeFree() {
    JsonPeer alice = new JsonPeer(world, "alice", "tea");
    alice.post("tea", "one");
    alice.say("{'type':'ping','q':'p'}");
    assertThat(told(alice)).isEmpty();
    asked.answer(true);
    assertThat(told(alice)).containsExactly("welcome", "joined", "pong", "ack");
    JsonPeer phone = new JsonPeer(world, "alice", "tea");
    assertThat(told(phone)).as("the same client").startsWith("welcome", "joined");
    alice.line.cut();
    told(phone);
    assertThat(asked.givenBack).isEmpty();
    phone.line.cut();
    told(phone);
    assertThat(world.sessions().size()).isZero();
    assertThat(asked.givenBack).containsExactly("alice");
  }

  @Test
  void refusesANameThatIsTakenElsewhereAndAsksForAnother() {
    JsonPeer alice = new JsonPeer(world, "alice", "tea");
    told(alice);
    asked.answer(false);
    assertThat(told(alice)).containsExactly("error");
    assertThat(code(alice)).isEqualTo("name-taken");
    alice.say(hello("alicia"));
    assertThat(told(alice)).containsExactly("error");
    asked.answer(true);
    assertThat(told(alice)).containsExactly("error", "welcome");
  }

  @Test
  void reservesNoNameForABannedPerson() throws IOException {
    new GuardCommands(people).run(List.of("ban", "eve", "0", "false", ""));

    JsonPeer eve = new JsonPeer(world, "eve", "tea");

    assertThat(told(eve)).containsExactly("bye");
    assertThat(asked.waiting).isEmpty();
  }

  @Test
  void refusesAHelloWhileItsNameCannotBeLookedUp() {
    JsonPeer alice = new JsonPeer(world, "alice", "tea");
    told(alice);
    asked.fail();
    assertThat(told(alice)).containsExactly("error");
    assertThat(code(alice)).isEqualTo("unavailable");
    alice.say(hello("alice"));
    told(alice);
    asked.answer(true);
    assertThat(told(alice)).containsExactly("error", "welcome");
  }

  @Test
  void leavesNothingBehindWhenTheConnectionEndsMeanwhile() {
    JsonPeer alice = new JsonPeer(world, "alice", "tea");
    told(alice);
    alice.line.cut();
    told(alice);
    assertThat(world.sessions().size()).isZero();
    asked.answer(true);
    JsonPeer bob = new JsonPeer(world, "bob", "tea");
    told(bob);
    asked.answer(true);
    assertThat(told(bob)).containsExactly("welcome", "joined");
  }

  @Test
  void answersARequestOnceItsNameIsKnown() {
    World.Line line = Objects.requireNonNull(world.connect());
    VisitTest.send(line, "POST /api/rooms/tea/messages?name=ci", "hello");
    assertThat(VisitTest.answer(world, line)).isEmpty();
    asked.answer(true);
    assertThat(VisitTest.answer(world, line)).startsWith("HTTP/1.1 201 ");
    assertThat(asked.givenBack).containsExactly("ci");
    VisitTest.send(line, "POST /api/rooms/tea/messages?name=ci", "hello");
    VisitTest.answer(world, line);
    asked.answer(false);
    assertThat(VisitTest.answer(world, line)).startsWith("HTTP/1.1 4").contains("name-taken");
    VisitTest.send(line, "POST /api/rooms/tea/messages?name=ci", "hello");
    VisitTest.answer(world, line);
    asked.fail();
    assertThat(VisitTest.answer(world, line)).startsWith("HTTP/1.1 503 ");
    World.Line gone = Objects.requireNonNull(world.connect());
    VisitTest.send(gone, "GET /api/rooms/tea/events?name=ci", "");
    VisitTest.answer(world, gone);
    gone.cut();
    VisitTest.answer(world, gone);
    asked.answer(true);
    VisitTest.answer(world, gone);
    assertThat(world.sessions().size()).isZero();
  }

  private static String hello(String name) {
    return "{'type':'hello','v':2,'name':'%s','client':'%s'}"
        .formatted(name, JsonPeer.client(name));
  }
}
