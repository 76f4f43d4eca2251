package io.chatroom.server.log;

import static io.chatroom.server.log.RoomLogContract.burst;
import static io.chatroom.server.log.RoomLogContract.deletes;
import static io.chatroom.server.log.RoomLogContract.follow;
import static io.chatroom.server.log.RoomLogContract.posts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.log.Journal.Line;
import io.chatroom.server.log.RoomLogContract.Heard;
import io.chatroom.server.log.shared.SharedContents;
import io.chatroom.server.log.shared.SharedCopy;
import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.log.shared.SharedJournal;
import io.chatroom.server.log.shared.SharedTools;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.log.sql.StoreCopy;
import io.chatroom.server.log.sql.StoreCount;
import io.chatroom.server.log.sql.StoreSource;
import io.chatroom.server.log.sql.StoreTarget;
import io.chatroom.server.log.store.Retention;
import io.chatroom.server.log.store.StoreExport;
import io.chatroom.server.log.store.StoreTools;
import io.chatroom.server.log.store.StoredContents;
import io.chatroom.server.log.store.StoredCopy;
import io.chatroom.server.log.store.StoredLogs;
import io.chatroom.server.postgres.Postgres;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a directory into a database, and back. */
class StoreCopyTest {

  private static final Retention FEW = new Retention(300, 0, Duration.ZERO, 0, 0);

  private final Postgres postgres = Postgres.shared();
  private final String store = postgres.newStore();
  private final String database = store.substring(store.lastIndexOf('/') + 1);
  private final StoreAddress address = Objects.requireNonNull(StoreAddress.parse(store));

  @TempDir static Path filled;
  @TempDir Path directory;

  private Path data() {
    return directory.resolve("data");
  }

  @BeforeEach
  void copyFiles() throws IOException {
    Files.createDirectory(data());
    Files.copy(filled.resolve("log.db"), data().resolve("log.db"));
  }

  /** Messages of all kinds in two rooms, one of which has deleted its oldest; and facts. */
  @BeforeAll
  static void fill() throws Exception {
    try (StoredLogs logs = StoredLogs.open(filled, FEW, InstantSource.system())) {
      Heard tea = follow(logs.open("tea", () -> {}));
      tea.log.append(burst("zoë\1", "grüße 👋", "a\u0000b\1\n\"\t\\N\r\\.", ""));
      tea.log.append(posts("1", "one", "2", "two"));
      tea.log.append(topic("Tea\\ at\tfive"));
      tea.await(6);
      tea.log.append(deletes(4));
      tea.await(7);
      Heard attic = follow(logs.open("attic", () -> {}));
      attic.log.append(
          burst("bob", IntStream.range(0, 400).mapToObj(i -> "text " + i).toArray(String[]::new)));
      attic.await(400);
      logs.facts()
          .change(
              List.of(
                  new Fact("a", "1 \t\\", "{\"name\":\"zoë\"}"),
                  new Fact("a", "2\0", "[\"\\u0000\\n\"]"),
                  new Fact("b", "", "1")))
          .toCompletableFuture()
          .join();
      await().atMost(Duration.ofSeconds(60)).until(() -> attic.log.first() == 101);
      tea.log.append(burst("ann", "the last"));
      tea.await(8);
    }
  }

  private static Burst topic(String text) {
    Burst topic = new Burst(Unpooled.directBuffer());
    topic.add(() -> new byte[0], new RoomEvent(RoomEvent.TOPIC, "ann", null, text));
    topic.seal();
    return topic;
  }

  private static List<Line> all(Journal journal) throws IOException {
    List<Line> all = new ArrayList<>();
    try (journal) {
      List<Line> some = journal.after(0, 100);
      while (!some.isEmpty()) {
        all.addAll(some);
        some = journal.after(all.get(all.size() - 1).n(), 100);
      }
    }
    return all;
  }

  private List<Line> allOf(Path data) throws IOException {
    try (StoredLogs logs = StoredLogs.open(data, Retention.FOREVER, InstantSource.system())) {
      return all(logs.journal().open());
    }
  }

  private List<Line> allOfDatabase() throws IOException {
    try (SharedDatabase shared = SharedDatabase.open(address)) {
      return all(SharedJournal.open(shared));
    }
  }

  private StoreCount copy() throws IOException {
    try (StoreSource source = StoredContents.of(data());
        StoreTarget target = SharedCopy.into(address)) {
      return StoreCopy.copy(source, source.check(), target, n -> {});
    }
  }

  private List<String> rooms() {
    return postgres.query(
        database,
        "SELECT concat_ws(' ', name, epoch, forgotten, newest, topic) FROM room ORDER BY name");
  }

  @Test
  void keepsEverythingInItsPlace() throws Exception {
    Position tea;
    Position attic;
    try (StoredLogs logs = StoredLogs.open(data(), Retention.FOREVER, InstantSource.system())) {
      tea = logs.open("tea", () -> {}).newest();
      attic = logs.open("attic", () -> {}).newest();
    }

    assertThat(copy()).isEqualTo(new StoreCount(2, 308, 3));

    assertThat(allOfDatabase()).hasSize(308).isEqualTo(allOf(data()));
    assertThat(rooms())
        .containsExactly(
            "attic " + attic.epoch() + " 100 400", "tea " + tea.epoch() + " 0 8 Tea\\ at\tfive");
    assertThat(SharedTools.check(address).faults()).isEmpty();
    assertThat(postgres.query(database, "SELECT nextval('message_n') = max(n) + 1 FROM message"))
        .containsExactly("t");
    postgres.execute(database, "INSERT INTO room (name, epoch) VALUES ('new', 'x')");

    Path back = directory.resolve("back");
    try (StoreSource source = SharedContents.of(address);
        StoreTarget target = StoredCopy.into(back)) {
      StoreCopy.copy(source, source.check(), target, n -> {});
    }
    assertThat(allOf(back)).isEqualTo(allOf(data()));
    assertThat(StoreExport.facts(back)).hasSize(3).isEqualTo(StoreExport.facts(data()));
    assertThat(StoreTools.check(back).faults()).isEmpty();
    try (StoredLogs logs = StoredLogs.open(back, Retention.FOREVER, InstantSource.system())) {
      Heard heard = follow(logs.open("tea", () -> {}));
      assertThat(heard.log.newest()).isEqualTo(tea);
      assertThat(heard.log.topic()).isEqualTo("Tea\\ at\tfive");
      heard.log.append(posts("2", "two"));
      heard.awaitAgain(1);
      assertThat(heard.again).containsExactly("2 is 5");
      assertThat(logs.open("attic", () -> {}).newest()).isEqualTo(attic);
    }
  }

  @Test
  void copiesOnlyToAnEmptyDatabase() throws Exception {
    copy();
    assertThatThrownBy(this::copy)
        .hasMessage(
            "postgresql://chat@127.0.0.1:%d/%s is not empty, it has 308 messages in 2 rooms and 3"
                + " facts; expected a new database, created with: createdb --owner=chat --encoding=UTF8"
                + " --template=template0 NAME",
            postgres.port(), database);
    assertThatThrownBy(() -> StoredCopy.into(data()).close())
        .hasMessage("%s has a store already, expected a new directory", data());
  }

  @Test
  void copiesNoStoreInUse() throws Exception {
    try (StoredLogs logs = StoredLogs.open(data(), Retention.FOREVER, InstantSource.system())) {
      assertThat(logs.names()).isNotEmpty();
      assertThatThrownBy(this::copy).hasMessageContaining("is in use by another chat-server");
    }
    copy();
    postgres.execute(
        database,
        "INSERT INTO server (id, name, version, seen, members) VALUES ('\\x00', 's', '1', now(), 0)");
    assertThatThrownBy(() -> SharedContents.of(address).close())
        .hasMessageContaining("is in use by another chat-server");
    postgres.execute(database, "UPDATE server SET seen = now() - interval '1 minute'");
    SharedContents.of(address).close();
  }

  @Test
  void copiesNoDamagedStore() throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + data().resolve("log.db"));
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM message WHERE seq = 200");
    }
    assertThatThrownBy(this::copy)
        .hasMessage(
            "%s/log.db is damaged, room attic has a gap: 299 messages from 101 to"
                + " 400, expected all from 101; restore a backup, or save what can be read with"
                + " chat-server repair %s",
            data(), data());
  }

  /** As when the process is killed: an unfinished copy is not there. */
  @Test
  void leavesNoIncompleteCopy() throws Exception {
    try (StoreSource source = StoredContents.of(data())) {
      StoreTarget target = SharedCopy.into(address);
      source.rooms(target::add);
      source.messages(target::add);
      target.close();
    }
    assertThat(SharedTools.check(address).count()).isEqualTo(new StoreCount(0, 0, 0));
    copy();
    Path back = directory.resolve("back");
    try (StoreSource source = SharedContents.of(address);
        StoreTarget target = StoredCopy.into(back)) {
      source.rooms(target::add);
      source.messages(target::add);
    }
    assertThat(back).isDirectoryNotContaining("glob:**log.db*");
  }

  /** Starts the server again as it was started before. */
  @Test
  void locksTheDirectoryThatWasCopied() throws Exception {
    try (StoreSource source = StoredContents.of(data());
        StoreTarget target = SharedCopy.into(address)) {
      StoreCopy.copy(source, source.check(), target, n -> {});
      assertThat(source.moved(target.shown()))
          .isEqualTo(data() + " is unchanged, and no server will start on it again");
    }
    assertThatThrownBy(() -> allOf(data()))
        .hasMessageMatching(
            ".*/data was copied to postgresql://\\S+ on \\S+Z, where its rooms continue; to continue here"
                + " instead, run: chat-server repair .*/data, which gives rooms new epochs");
    assertThat(StoreTools.check(data()).faults()).isEmpty();
    List<String> epochs = rooms();
    StoreTools.repair(data(), 5);
    assertThat(allOf(data())).isEqualTo(allOfDatabase());
    try (StoredLogs logs = StoredLogs.open(data(), Retention.FOREVER, InstantSource.system())) {
      String epoch = logs.open("tea", () -> {}).newest().epoch();
      assertThat(epochs).noneMatch(room -> room.contains(epoch));
    }
  }

  /** After the database was restored from an older backup. */
  @Test
  void givesRoomsOfADatabaseNewEpochs() throws Exception {
    copy();
    List<String> before = rooms();
    assertThat(SharedTools.renewEpochs(address)).isEqualTo(2);
    assertThat(rooms()).hasSize(2).doesNotContainAnyElementsOf(before);
  }

  @Test
  void findsAGapInADatabase() throws Exception {
    copy();
    postgres.execute(database, "DELETE FROM message WHERE seq IN (3, 400)");
    assertThat(SharedTools.check(address).faults())
        .containsExactlyInAnyOrder(
            "room tea has a gap: 7 messages from 1 to 8, expected all from 1 to 8",
            "room attic has a gap: 299 messages from 101 to 399, expected all from"
                + " 101 to 400");
  }
}
