package io.chatroom.server.log;

import static io.chatroom.server.log.RoomLogContract.before;
import static io.chatroom.server.log.RoomLogContract.burst;
import static io.chatroom.server.log.RoomLogContract.deletes;
import static io.chatroom.server.log.RoomLogContract.follow;
import static io.chatroom.server.log.RoomLogContract.posts;
import static io.chatroom.server.log.RoomLogContract.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.log.RoomLogContract.Heard;
import io.chatroom.server.log.sql.Forgetting;
import io.chatroom.server.log.store.Retention;
import io.chatroom.server.log.store.StoreExport;
import io.chatroom.server.log.store.StoreForget;
import io.chatroom.server.log.store.StoreTools;
import io.chatroom.server.log.store.StoredLogs;
import io.chatroom.server.names.Audit;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to a store when a person is forgotten. */
class StoreForgetTest {

  @TempDir Path directory;

  private StoredLogs open() throws IOException {
    return StoredLogs.open(directory, Retention.FOREVER, InstantSource.system());
  }

  /** Ann, also in the names of private rooms. */
  private static final Forgetting.Whom ANN =
      new Forgetting.Whom() {

        @Override
        public boolean isName(String name) {
          return name.equals("ann");
        }

        @Override
        public String roomWithout(String room) {
          return room.replace("@ann~1", "@forgotten~1");
        }
      };

  private static Burst event(RoomEvent event) {
    Burst burst = new Burst(Unpooled.directBuffer());
    burst.add(() -> new byte[0], event);
    burst.seal();
    return burst;
  }

  private void fill() throws IOException {
    try (StoredLogs logs = open()) {
      Heard tea = follow(logs.open("tea", () -> {}));
      tea.log.append(posts("1", "annsays one", "2", "annsays two"));
      tea.log.append(burst("bob", "about ann"));
      tea.log.append(deletes(1));
      tea.log.append(event(new RoomEvent(RoomEvent.TOPIC, "ann", null, "annsays topic")));
      tea.log.append(event(new RoomEvent("moderated", "bob", "ann", "mute")));
      tea.await(6);
      Heard attic = follow(logs.open("attic", () -> {}));
      attic.log.append(burst("ann", "annsays three"));
      attic.log.append(event(new RoomEvent(RoomEvent.TOPIC, "ann", null, "Attic")));
      attic.log.append(event(new RoomEvent(RoomEvent.TOPIC, "bob", null, "annsays not")));
      attic.await(3);
      Heard two = follow(logs.open("@ann~1+bob~2", () -> {}));
      two.log.append(burst("bob", "between us"));
      two.await(1);
      logs.facts()
          .change(
              List.of(
                  new Fact("owner", "x", "{\"id\":\"7\",\"name\":\"ann\"}"),
                  new Fact("read", "7 tea", "5"),
                  new Fact("read", "2 @ann~1+bob~2", "5"),
                  new Fact("audit", "000000000000001", "{\"by\":\"ann\"}")))
          .toCompletableFuture()
          .join();
    }
  }

  @Test
  void deletesTheMessagesOfAPerson() throws IOException {
    fill();
    try (StoreForget store = StoreForget.open(directory)) {
      assertThat(store.forget(ANN, System.currentTimeMillis(), all -> List.of()))
          .isEqualTo(new Forgetting.Done(3, 3, 4));
      assertThat(store.forget(ANN, System.currentTimeMillis(), all -> List.of()))
          .isEqualTo(new Forgetting.Done(0, 0, 0));
    }

    assertThat(StoreTools.check(directory).faults()).isEmpty();
    assertThat(StoreExport.facts(directory))
        .containsExactly(new Fact("audit", "000000000000001", "{\"by\":\"forgotten\"}"));
    assertThat(Files.readString(directory.resolve("log.db"), StandardCharsets.ISO_8859_1))
        .contains("annsays not")
        .doesNotContainPattern("annsays (one|two|three|topic)");
    try (StoredLogs logs = open()) {
      RoomLog tea = logs.open("tea", () -> {});
      List<Message> kept = read(tea, before(tea, 1), 100).messages();
      assertThat(kept)
          .extracting(Message::from)
          .containsExactly(
              "forgotten", "forgotten", "bob", "op", "forgotten", "bob", "chat-server");
      assertThat(kept)
          .extracting(Message::text)
          .containsExactly(null, null, "about ann", "", "", "", "");
      assertThat(kept.get(1).detail()).isNull();
      assertThat(kept.get(4).detail()).isEqualTo(new RoomEvent("topic", "forgotten", null, ""));
      assertThat(kept.get(5).detail())
          .isEqualTo(new RoomEvent("moderated", "bob", "forgotten", "mute"));
      assertThat(kept.get(6).detail()).isEqualTo(RoomEvent.deleted("chat-server", 2));
      assertThat(kept).extracting(Message::atMillis).isSorted();
      assertThat(tea.topic()).isNull();
      assertThat(logs.names()).containsExactlyInAnyOrder("tea", "attic", "@forgotten~1+bob~2");
      RoomLog attic = logs.open("attic", () -> {});
      assertThat(attic.topic()).isEqualTo("annsays not");
      Heard heard = follow(tea);
      tea.append(posts("1", "annsays one"));
      heard.await(1);
      assertThat(heard.firstSeqs).as("the client is not known any more").containsExactly(8L);
    }
  }

  @Test
  void recordsThatAPersonWasForgottenButNotWho() throws IOException {
    fill();
    for (long at = 1_000; at <= 2_000; at += 1_000) {
      long now = at;
      try (StoreForget store = StoreForget.open(directory)) {
        store.forget(ANN, now, all -> Audit.forgets(all, now, "forget", Forgetting.FORGOTTEN));
      }
    }

    assertThat(Audit.lines(StoreTools.facts(directory, Audit.factsKind()), 1))
        .containsExactly(
            "1970-01-01T00:00:01Z\tchat-server\tforget\t*\tforgotten\t\t",
            "1970-01-01T00:00:02Z\tchat-server\tforget\t*\tforgotten\t\t");
    assertThat(StoreExport.facts(directory)).noneMatch(fact -> ("" + fact).contains("ann"));
  }

  @Test
  void renamesTheAuthorOfAPersonsMessages() throws IOException {
    fill();
    try (StoreForget store = StoreForget.open(directory)) {
      assertThat(store.rename(ANN, "anna", all -> List.of()))
          .isEqualTo(new Forgetting.Done(3, 3, 4));
    }

    assertThat(StoreTools.check(directory).faults()).isEmpty();
    try (StoredLogs logs = open()) {
      RoomLog tea = logs.open("tea", () -> {});
      List<Message> kept = read(tea, before(tea, 1), 100).messages();
      assertThat(kept)
          .extracting(Message::from)
          .containsExactly("anna", "anna", "bob", "op", "anna", "bob");
      assertThat(kept.get(1).text()).isEqualTo("annsays two");
      assertThat(tea.topic()).isEqualTo("annsays topic");
      Heard heard = follow(tea);
      tea.append(posts("2", "annsays two"));
      heard.awaitAgain(1);
      assertThat(heard.again).containsExactly("2 is 2");
    }
  }

  @Test
  void changesNoStoreThatIsInUseOrMissing() throws IOException {
    try (StoredLogs logs = open()) {
      assertThat(logs.names()).isEmpty();
      assertThatThrownBy(() -> StoreForget.open(directory))
          .hasMessageContaining("is in use by another chat-server; stop that one first");
    }
    assertThatThrownBy(() -> StoreForget.open(directory.resolve("none")))
        .hasMessageContaining("there is no log.db");
    assertThat(directory.resolve("none")).doesNotExist();
  }
}
