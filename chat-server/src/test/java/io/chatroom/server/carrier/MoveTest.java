package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.log.shared.SharedContents;
import io.chatroom.server.log.shared.SharedCopy;
import io.chatroom.server.log.shared.SharedTools;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.log.sql.StoreCopy;
import io.chatroom.server.log.sql.StoreSource;
import io.chatroom.server.log.sql.StoreTarget;
import io.chatroom.server.log.store.StoredContents;
import io.chatroom.server.log.store.StoredCopy;
import io.chatroom.server.postgres.Postgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** After a move to another store, clients resume as after a restart. */
class MoveTest {

  private final Postgres postgres = Postgres.shared();
  private final String store = postgres.newStore();
  private final StoreAddress address = Objects.requireNonNull(StoreAddress.parse(store));

  @TempDir Path directory;

  private static TcpWorld start(String option, String place) {
    return new TcpWorld(Map.of(option, place, "eventLoops", "2"));
  }

  private static void copy(StoreSource from, StoreTarget to) throws IOException {
    try (from;
        to) {
      StoreCopy.copy(from, from.check(), to, n -> {});
    }
  }

  @Test
  void goesOnInADatabaseAndBackInADirectory() throws IOException {
    Path data = directory.resolve("data");
    Path back = directory.resolve("back");
    String epoch;
    String token;
    try (TcpWorld world = start("data", data.toString())) {
      JsonPeer alice = JsonPeer.in(world, "alice", "tea");
      alice.say("{'type':'claim','q':'c'}");
      alice.await(world, "'owned','q':'c','token':'");
      token =
          alice.objects.stream().filter(json -> json.contains("\"token\"")).findAny().orElseThrow();
      token = token.replaceFirst(".*\"token\":\"([^\"]*)\".*", "$1");
      alice.post("tea", "one");
      alice.say("{'type':'topic','q':'t','room':'tea','text':'Tea'}");
      alice.post("tea", "two");
      alice.await(world, "'ack','id':'1'");
      alice.say("{'type':'read','room':'tea','seq':2}");
      alice.say("{'type':'ping','q':'p'}");
      alice.await(world, "'pong','q':'p'");
      epoch = alice.epoch();
    }
    copy(StoredContents.of(data), SharedCopy.into(address));
    try (TcpWorld world = start("store", store)) {
      assertIsThere(world, epoch, token, 4, List.of("'two'"), List.of("'one'"));
    }
    assertThat(SharedTools.check(address).faults()).isEmpty();
    postgres.execute(store.substring(store.lastIndexOf('/') + 1), "DELETE FROM server");
    copy(SharedContents.of(address), StoredCopy.into(back));
    try (TcpWorld world = start("data", back.toString())) {
      assertIsThere(world, epoch, token, 5, List.of("'two'", "'three 4'"), List.of("'one'"));
    }
  }

  /**
   * Each client receives exactly the messages that it missed, and repeated posts are recognised.
   */
  private static void assertIsThere(
      TcpWorld world,
      String epoch,
      String token,
      long next,
      List<String> missed,
      List<String> known) {
    JsonPeer bob =
        JsonPeer.in(world, "bob", "tea','after':{'epoch':'" + epoch + "','seq':1},'x':'");
    missed.forEach(text -> bob.await(world, text));
    assertThat(bob.objects)
        .extracting(json -> json.replace('"', '\''))
        .anyMatch(
            json ->
                json.contains("'epoch':'" + epoch + "','seq':" + (next - 1) + ",'first':1")
                    && json.contains("'topic':'Tea'")
                    && json.contains("'resume':'complete'"))
        .noneMatch(json -> known.stream().anyMatch(json::contains));
    JsonPeer alice = new JsonPeer(world);
    alice.say(
        "{'type':'hello','v':2,'name':'alice','client':'%s','token':'%s','rooms':[{'room':'tea'}]}"
            .formatted(JsonPeer.client("alice"), token));
    alice.await(world, "'welcome','v':2,'name':'alice','owned':true");
    alice.await(world, "'read':2");
    alice.post("tea", "one");
    alice.await(world, "'ack','id':'0','room':'tea','seq':1,");
    assertThat(alice.heard("\"duplicate\":true")).isEqualTo(1);
    JsonPeer carol = JsonPeer.in(world, "carol " + next, "tea");
    carol.post("tea", "three " + next);
    carol.await(world, "'ack','id':'0','room':'tea','seq':" + next);
    bob.await(world, "'three " + next + "'");
    bob.say("{'type':'search','q':'s','query':'three from:carol*','room':'tea','limit':1}");
    bob.await(world, "'page','q':'s'");
    assertThat(bob.objects.get(bob.objects.size() - 1))
        .contains("\"text\":\"three " + next + "\"", "\"complete\":true");
  }
}
