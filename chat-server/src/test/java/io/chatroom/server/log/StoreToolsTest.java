package io.chatroom.server.log;

import static io.chatroom.server.log.RoomLogContract.before;
import static io.chatroom.server.log.RoomLogContract.burst;
import static io.chatroom.server.log.RoomLogContract.deletes;
import static io.chatroom.server.log.RoomLogContract.follow;
import static io.chatroom.server.log.RoomLogContract.posts;
import static io.chatroom.server.log.RoomLogContract.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.server.LogCapture;
import io.chatroom.server.log.RoomLogContract.Heard;
import io.chatroom.server.log.store.Retention;
import io.chatroom.server.log.store.StoreExport;
import io.chatroom.server.log.store.StoreImport;
import io.chatroom.server.log.store.StoreTools;
import io.chatroom.server.log.store.StoredLogs;
import io.chatroom.server.log.store.StoredMessage;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tools for a data directory, while a server runs and afterwards. */
class StoreToolsTest {

  @TempDir Path directory;

  private Path data() {
    return directory.resolve("data");
  }

  private static StoredLogs open(Path data) throws IOException {
    return StoredLogs.open(data, Retention.FOREVER, InstantSource.system());
  }

  /** Adds messages of all kinds in two rooms; returns one of them, still open. */
  private static Heard fill(StoredLogs logs) {
    Heard tea = follow(logs.open("tea", () -> {}));
    tea.log.append(burst("zoë", "grüße 👋", "a\u0000b\n\"", ""));
    tea.log.append(posts("1", "one", "2", "two"));
    Burst topic = new Burst(Unpooled.directBuffer());
    topic.add(() -> new byte[0], new RoomEvent(RoomEvent.TOPIC, "ann", null, "Tea"));
    topic.seal();
    tea.log.append(topic);
    Heard attic = follow(logs.open("attic", () -> {}));
    for (int i = 0; i < 400; i++) {
      attic.log.append(burst("bob", "text " + i + "x".repeat(500)));
    }
    tea.await(6);
    attic.await(400);
    return tea;
  }

  private static List<StoredMessage> exported(Path data) throws IOException {
    List<StoredMessage> all = new ArrayList<>();
    StoreExport.read(data, null, all::add);
    return all;
  }

  @Test
  void copiesAStoreInUseAndTheCopyHasNewEpochs() throws IOException {
    Path restored = Files.createDirectory(directory.resolve("restored"));
    Position end;
    List<Message> kept;
    try (StoredLogs logs = open(data())) {
      Heard tea = fill(logs);
      StoreTools.backup(data(), restored.resolve("log.db"));
      for (String file : List.of("data/log.db", "data/log.db-wal", "restored/log.db")) {
        assertThat(
                PosixFilePermissions.toString(
                    Files.getPosixFilePermissions(directory.resolve(file))))
            .as(file)
            .isEqualTo("rw-------");
      }
      assertThatThrownBy(() -> StoreTools.backup(data(), restored.resolve("log.db")))
          .hasMessageEndingWith("log.db exists already, expected a new file");
      tea.log.append(burst("a", "behind the backup"));
      tea.await(7);
      end = tea.log.newest();
      kept = read(tea.log, before(tea.log, 1), 6).messages();
    }
    try (StoredLogs logs = open(restored)) {
      RoomLog tea = logs.open("tea", () -> {});
      assertThat(tea.newest().seq()).isEqualTo(6);
      assertThat(tea.newest().epoch()).isNotEqualTo(end.epoch());
      assertThat(tea.topic()).isEqualTo("Tea");
      assertThat(read(tea, before(tea, 1), 10).messages()).isEqualTo(kept);
      end = tea.newest();
    }
    try (StoredLogs logs = open(restored)) {
      assertThat(logs.open("tea", () -> {}).newest()).as("new once").isEqualTo(end);
    }
  }

  @Test
  void checksASoundStoreWhileItIsInUse() throws IOException {
    try (StoredLogs logs = open(data())) {
      fill(logs);
      StoreTools.Found found = StoreTools.check(data());
      assertThat(found.faults()).isEmpty();
      assertThat(found.messages()).isEqualTo(406);
      assertThat(found.rooms()).isEqualTo(2);
    }
  }

  @Test
  void findsAGap() throws Exception {
    try (StoredLogs logs = open(data())) {
      fill(logs);
    }
    run("DELETE FROM message WHERE seq = 3");

    assertThat(StoreTools.check(data()).faults())
        .containsExactlyInAnyOrder(
            "room tea has a gap: 5 messages from 1 to 6, expected all from 1",
            "room attic has a gap: 399 messages from 1 to 400, expected all from" + " 1");
  }

  @Test
  void importsAnExportOnlyOnce() throws IOException {
    try (StoredLogs logs = open(data())) {
      fill(logs);
    }
    List<StoredMessage> all = exported(data());
    assertThat(all).hasSize(406);
    Path other = directory.resolve("other");
    importAll(other, all, 406, 0);
    assertThat(exported(other)).isEqualTo(all);
    importAll(other, all.stream().filter(one -> one.client() != null).toList(), 0, 2);
    assertThat(StoreTools.check(other).faults()).isEmpty();

    try (StoredLogs logs = open(other)) {
      Heard tea = follow(logs.open("tea", () -> {}));
      assertThat(tea.log.topic()).isEqualTo("Tea");
      tea.log.append(posts("2", "two", "3", "three"));
      tea.await(1);
      assertThat(tea.again).containsExactly("2 is 5");
      assertThat(tea.firstSeqs).containsExactly(7L);
    }
  }

  @Test
  void exportsAndImportsDeletedMessages() throws IOException {
    try (StoredLogs logs = open(data())) {
      Heard tea = fill(logs);
      tea.log.append(deletes(4));
      tea.await(7);
      StoreTools.backup(data(), directory.resolve("copy.db"));
    }
    List<StoredMessage> all = exported(data());
    assertThat(all)
        .filteredOn(one -> one.room().equals("tea") && one.text() == null)
        .extracting(StoredMessage::seq)
        .containsExactly(4L, 7L);
    Path other = directory.resolve("other");
    importAll(other, all, 407, 0);
    assertThat(exported(other)).isEqualTo(all);

    try (StoredLogs logs = open(other)) {
      Heard tea = follow(logs.open("tea", () -> {}));
      tea.log.append(posts("1", "one"));
      tea.awaitAgain(1);
      assertThat(tea.again).containsExactly("1 is 4");
    }
    assertThat(Files.readString(directory.resolve("copy.db"), StandardCharsets.ISO_8859_1))
        .doesNotContain("annone")
        .contains("anntwo");
  }

  /** The message was read before its deletion, and the deletion event after that. */
  @Test
  void importsNoMessageDeletedDuringTheExport() throws IOException {
    StoredMessage text =
        new StoredMessage("tea", 5, 1, "ann", "oops", null, null, 0, null, null, false);
    StoredMessage other =
        new StoredMessage("tea", 6, 2, "ann", "fine", null, null, 0, null, null, false);
    StoredMessage event =
        new StoredMessage("tea", 7, 3, "ann", null, null, null, 0, RoomEvent.DELETED, "5", false);
    importAll(data(), List.of(text, other, event), 3, 0);
    importAll(data(), List.of(other, event), 2, 0);

    assertThat(exported(data()))
        .extracting(StoredMessage::text)
        .containsExactly(null, "fine", null, "fine", null);
    assertThat(exported(data()))
        .extracting(StoredMessage::target)
        .containsExactly(null, null, "5", null, "7");
  }

  @Test
  void keepsWhichMessagesWereOwned() throws IOException {
    List<StoredMessage> all =
        List.of(
            new StoredMessage("tea", 1, 5, "bob", "one", "c", "1", 0, null, null, true),
            new StoredMessage("tea", 2, 6, "bob", "two", "d", "1", 0, null, null, false));
    importAll(data(), all, 2, 0);
    assertThat(exported(data())).isEqualTo(all);
    try (StoredLogs logs = open(data())) {
      RoomLog tea = logs.open("tea", () -> {});
      assertThat(read(tea, before(tea, 1), 2).messages())
          .extracting(Message::detail)
          .containsExactly(new Post("c", "1", 0, true), new Post("d", "1", 0, false));
    }
  }

  private static void importAll(Path data, List<StoredMessage> all, long added, long left)
      throws IOException {
    try (StoreImport store = StoreImport.into(data)) {
      for (StoredMessage message : all) {
        store.add(message);
      }
      store.finish();
      assertThat(store.added()).isEqualTo(added);
      assertThat(store.left()).isEqualTo(left);
    }
  }

  /** Some pages in the middle of the file are overwritten, as by a disk that fails. */
  @Test
  void repairsADamagedStore() throws IOException {
    String epoch;
    try (StoredLogs logs = open(data())) {
      epoch = fill(logs).log.newest().epoch();
    }
    Path file = data().resolve("log.db");
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(20 * 4096);
      bytes.write(new byte[3 * 4096]);
    }
    assertThat(StoreTools.check(data()).faults()).isNotEmpty();

    assertThat(StoreTools.repair(data(), 5))
        .matches(
            "recovered \\d+ messages; \\d+ places? could not be read; rooms have new epochs,"
                + " and the damaged store is kept as .*log.db.damaged-5");

    assertThat(StoreTools.check(data()).faults()).isEmpty();
    assertThat(data().resolve("log.db.damaged-5")).exists();
    assertThat(exported(data()).size()).isBetween(300, 405);
    try (StoredLogs logs = open(data())) {
      RoomLog tea = logs.open("tea", () -> {});
      assertThat(tea.newest().epoch()).isNotEqualTo(epoch);
      assertThat(tea.topic()).isEqualTo("Tea");
      assertThat(read(tea, before(tea, 1), 3).messages())
          .extracting(Message::text)
          .contains("grüße 👋");
    }
  }

  /** As after its disk was restored from a snapshot, in the middle of a write. */
  @Test
  void givesASoundStoreNewEpochsAndChangesNothingElse() throws Exception {
    Path snapshot = Files.createDirectory(directory.resolve("snapshot"));
    Position end;
    try (StoredLogs logs = open(data())) {
      end = fill(logs).log.newest();
      for (String file : List.of("log.db", "log.db-wal")) {
        Files.copy(data().resolve(file), snapshot.resolve(file));
      }
    }
    List<StoredMessage> all = exported(snapshot);

    assertThat(StoreTools.repair(snapshot, 5))
        .isEqualTo(
            "the store is sound (406 messages in 2 rooms) and is unchanged; rooms have new epochs");

    assertThat(exported(snapshot)).hasSize(406).isEqualTo(all);
    assertThat(snapshot).isDirectoryNotContaining("glob:**log.db?*-5*");
    try (StoredLogs logs = open(snapshot)) {
      RoomLog tea = logs.open("tea", () -> {});
      assertThat(tea.newest().seq()).isEqualTo(end.seq());
      assertThat(tea.newest().epoch()).isNotEqualTo(end.epoch());
      assertThat(tea.topic()).isEqualTo("Tea");
    }
  }

  /** The files of a running server are the same as after its sudden end. */
  @Test
  void logsTheContentAfterAnUncleanStop() throws IOException {
    Path left = Files.createDirectory(directory.resolve("left"));
    try (StoredLogs logs = open(data())) {
      fill(logs);
      for (String file : List.of("log.db", "log.db-wal")) {
        Files.copy(data().resolve(file), left.resolve(file));
      }
    }

    try (LogCapture log = new LogCapture()) {
      open(left).close();
      assertThat(log.lines())
          .singleElement()
          .asString()
          .matches(
              "data in .*/left: 406 messages in 2 rooms, up to \\d+ in (tea|attic) at \\S+Z; the"
                  + " last stop was not clean, but all acknowledged messages are there");
    }
    try (LogCapture log = new LogCapture()) {
      open(left).close();
      assertThat(log.lines()).singleElement().asString().doesNotContain("not in order");
    }
  }

  /** An unknown file is not a damaged one. */
  @Test
  void repairsNoForeignDatabase() throws Exception {
    Files.createDirectory(data());
    run("CREATE TABLE another (one)");
    assertThatThrownBy(() -> StoreTools.repair(data(), 5))
        .hasMessageEndingWith(
            "log.db is a database of another program; choose another directory" + " with --data");
    Files.delete(data().resolve("log.db"));

    open(data()).close();
    run("PRAGMA user_version = 99");
    assertThatThrownBy(() -> StoreTools.repair(data(), 5))
        .hasMessageContaining("log.db is of version 99");
    assertThat(data()).isDirectoryNotContaining("glob:**damaged*");
  }

  @Test
  void explainsWhyAFileCannotBeUsed() throws Exception {
    Files.createDirectory(data());
    assertThatThrownBy(() -> StoreTools.check(data()))
        .hasMessage(
            "there is no log.db in %s, expected a directory that a server was given with --data",
            data());

    Path file = data().resolve("log.db");
    Files.writeString(file, "no database ".repeat(1_000));
    assertThatThrownBy(() -> open(data()))
        .hasMessage(
            "%s is damaged; restore a backup, or save what can be read with chat-server repair %s",
            file, data());
    assertThatThrownBy(() -> StoreTools.repair(data(), 5))
        .hasMessage("nothing can be read of %s; restore a backup", file);
    Files.delete(file);

    run("CREATE TABLE another (one)");
    assertThatThrownBy(() -> open(data()))
        .hasMessage(
            "%s is a database of another program; choose another directory with --data", file);
    Files.delete(file);

    open(data()).close();
    run("PRAGMA user_version = 99");
    assertThatThrownBy(() -> open(data()))
        .hasMessageMatching(
            Pattern.quote(file.toString())
                + " is of version 99, and this chat-server knows versions up to \\d+; start the"
                + " newer chat-server that wrote it, or restore a backup that is older");
  }

  private void run(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + data().resolve("log.db"));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
