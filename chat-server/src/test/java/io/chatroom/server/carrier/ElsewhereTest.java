package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.LogCapture;
import io.chatroom.server.names.People;
import io.chatroom.server.names.Person;
import io.chatroom.server.room.Company;
import io.chatroom.server.room.Elsewhere;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Members of a room on other servers. */
class ElsewhereTest {

  private final LogCapture log = new LogCapture();
  private final Others others = new Others();
  private final Founders founders = new Founders();
  private final MemoryWorld world = MemoryWorld.asking(9, new Limits(64, 4_000), founders, others);
  private final JsonPeer alice = new JsonPeer(world, "alice", "lobby");

  @AfterEach
  void close() {
    world.close();
    log.close();
    assertThat(log.errors()).isEmpty();
  }

  private static final class Founders extends People {

    private final List<String> founded = new ArrayList<>();

    Founders() {}

    @Override
    public void founds(Person person, RoomName room) {
      founded.add(room.key());
    }
  }

  /** The members on other servers, set by the test. */
  private static final class Others implements Elsewhere {

    private final Map<String, Company> rooms = new TreeMap<>();
    private final Map<String, Integer> changes = new HashMap<>();
    private final Set<String> known = new HashSet<>();

    void are(MemoryWorld world, String room, String... names) {
      are(world, room, new Company(names.length, List.of(names)));
    }

    void are(MemoryWorld world, String room, Company company) {
      rooms.put(room, company);
      world.rooms().elsewhere(room, () -> company);
    }

    @Override
    public @Nullable CompletionStage<Void> prepare(String room) {
      return known.add(room) ? CompletableFuture.runAsync(() -> {}, Runnable::run) : null;
    }

    @Override
    public Company in(String room) {
      return rooms.getOrDefault(room, Company.NOBODY);
    }

    @Override
    public void changed(String room) {
      changes.merge(room, 1, Integer::sum);
    }

    @Override
    public CompletionStage<List<Listed>> list(String behind, int limit) {
      List<Listed> listed = new ArrayList<>();
      rooms.forEach((room, company) -> listed.add(new Listed(room, company.count())));
      return CompletableFuture.completedFuture(listed);
    }

    @Override
    public int members() {
      return rooms.values().stream().mapToInt(Company::count).sum();
    }
  }

  @Test
  void includesRemoteMembersInCountsAndNames() {
    others.are(world, "lobby", "Zoe", "bob");
    assertThat(answers(alice).get(1)).contains("'count':3,'members':['alice','Zoe','bob']");
    others.are(world, "attic", "carl");
    alice.say("{'type':'members','q':'1','room':'lobby'}");
    alice.say("{'type':'members','q':'2'}");
    alice.say("{'type':'rooms','q':'3'}");
    answers(alice);
    world.asked().answer();
    List<String> answers = answers(alice);
    assertThat(answers.toString())
        .contains("'q':'1','room':'lobby','members':['alice','Zoe','bob'],'count':3")
        .contains("'q':'2','members':['alice','Zoe','bob'],'count':4")
        .contains(
            "'rooms':[{'room':'attic','count':1,'seq':0},{'room':'lobby','count':3,'seq':0}]");
    assertThat(others.changes).containsEntry("lobby", 1);
  }

  @Test
  void reportsRemoteJoinsAndLeavesAtMostOnceASecond() {
    answers(alice);
    world.later(1_000); // she receives her own arrival
    answers(alice);
    world.later(1_000);
    int before = alice.objects.size();
    others.are(world, "lobby", "bob", "bob");
    answers(alice);
    assertThat(since(before)).containsExactly(presence("'came':['bob','bob'],'count':3"));
    others.are(world, "lobby", "bob", "carl");
    others.are(world, "lobby", "carl", "dora", "erna");
    others.are(world, "lobby", "carl", "dora");
    answers(alice);
    assertThat(since(before)).hasSize(1);
    world.later(1_000);
    answers(alice);
    assertThat(since(before).get(1))
        .isEqualTo(presence("'came':['carl','dora'],'went':['bob','bob'],'count':3"));
    others.are(world, "lobby", "carl", "dora"); // the same
    world.later(2_000);
    answers(alice);
    assertThat(since(before)).hasSize(2);
  }

  @Test
  void omitsTheNamesOfACrowd() {
    answers(alice);
    world.later(1_000); // she receives her own arrival
    answers(alice);
    world.later(1_000);
    int before = alice.objects.size();
    String[] crowd = IntStream.range(0, 200).mapToObj(i -> "n" + i).toArray(String[]::new);
    others.are(world, "lobby", crowd);
    answers(alice);
    assertThat(since(before)).containsExactly(presence("'count':201"));
    others.are(world, "lobby", new Company(1_000, List.of()));
    world.later(1_000);
    answers(alice);
    others.are(world, "lobby", "n7", "n8"); // members from the time without names
    world.later(1_000);
    answers(alice);
    assertThat(since(before).subList(1, 3))
        .containsExactly(presence("'count':1001"), presence("'count':3"));
    JsonPeer bob = new JsonPeer(world, "bob", "lobby");
    assertThat(answers(bob).get(1)).contains("'members':['alice','bob','n7','n8']");
  }

  /** The founder is on another server. */
  @Test
  void aRoomWithRemoteMembersHasAFounderAlready() {
    answers(alice);
    others.are(world, "attic", "carl");
    alice.say("{'type':'join','q':'1','room':'attic'}");
    alice.say("{'type':'join','q':'2','room':'cellar'}");
    answers(alice);
    world.asked().answer();
    answers(alice);
    world.asked().answer();
    assertThat(answers(alice).toString())
        .contains("'joined','q':'1','room':'attic'")
        .contains("'joined','q':'2','room':'cellar'");
    assertThat(founders.founded).containsExactly("cellar");
  }

  private List<String> since(int from) {
    return alice.objects.stream().skip(from).map(json -> json.replace('"', '\'')).toList();
  }

  private static String presence(String rest) {
    return "{'type':'presence','room':'lobby'," + rest + "}";
  }

  /** All objects received until no more arrive, with single quotes. */
  private List<String> answers(JsonPeer peer) {
    for (int i = 0; i < 20; i++) {
      world.round();
      world.later(0);
      peer.hear();
    }
    return peer.objects.stream().map(json -> json.replace('"', '\'')).toList();
  }
}
