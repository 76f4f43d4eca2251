package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Limits;
import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import io.chatroom.server.facts.MemoryFacts;
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
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions with requests that wait for storage when the server stops. */
class GoodbyeTest {

  /** A disk that works until it is stopped. */
  private static final class SlowFacts implements Facts {
    private final MemoryFacts kept = new MemoryFacts();
    private boolean standsStill;

    @Override
    public List<Fact> read(String kind, String after, int limit) {
      return kept.read(kind, after, limit);
    }

    @Override
    public CompletionStage<Void> change(List<Fact> changes) {
      return standsStill ? new CompletableFuture<>() : kept.change(changes);
    }
  }

  private final SlowFacts facts = new SlowFacts();
  private final People people = people();
  private final MemoryWorld world = new MemoryWorld(1, 5, new Limits(64, 4_000), people);

  private People people() {
    try {
      InstantSource clock = InstantSource.system();
      Owners owners = Owners.open(facts, clock, System::nanoTime, 0);
      return new People(
          owners,
          Blocks.open(facts),
          ReadMarks.open(facts, Runnable::run),
          Bots.open(facts, owners, clock),
          new Entrance(null, SeedMembers.AUTO, System::nanoTime),
          new Guests(true, 0, System::nanoTime),
          Guard.open(facts, clock, owners));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() {
    world.close();
  }

  private List<String> answers(JsonPeer peer) {
    for (int i = 0; i < 10; i++) {
      world.round();
    }
    peer.objects.clear();
    peer.hear();
    return peer.objects.stream().map(json -> json.replace('"', '\'')).toList();
  }

  @Test
  void answersEveryWaitingRequestBeforeTheBye() throws IOException {
    JsonPeer boss = new JsonPeer(world);
    boss.say(
        "{'type':'hello','v':2,'name':'boss','client':'%s','rooms':[]}"
            .formatted(JsonPeer.client("boss")));
    boss.say("{'type':'claim','q':'c'}");
    assertThat(answers(boss)).last().asString().contains("'owned','q':'c'");
    new GuardCommands(people).run(List.of("operator", "add", "boss"));
    facts.standsStill = true;

    boss.say("{'type':'claim','q':'again'}");
    boss.say("{'type':'moderate','q':'ban','action':'ban','target':'eve'}");
    boss.say(
        "{'type':'tokens','q':'bot','action':'make','label':'helper','rooms':['tea'],"
            + "'scope':'read'}");
    boss.say("{'type':'block','q':'block','name':'eve','on':true}");
    assertThat(answers(boss)).isEmpty();
    world.sessions().sayGoodbye();

    List<String> told = answers(boss);
    assertThat(told).last().asString().contains("'bye','code':'draining'");
    assertThat(told).hasSize(5);
    for (String q : List.of("again", "ban", "bot", "block")) {
      assertThat(told)
          .anyMatch(json -> json.contains("'error','q':'" + q + "','code':'unavailable'"));
    }
  }
}
