package io.chatroom.server.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chatroom.server.log.Journal.Line;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexSearchTest extends SearchContract {

  @TempDir Path directory;

  @Override
  IndexSearch create() {
    return IndexSearch.open(directory, () -> kept);
  }

  /** A search that checks much and finds little returns, and its client can continue. */
  @Test
  void aSearchStopsEarly() {
    long now = 1_790_000_000_000L;
    kept.say("lobby", "ann", "tea long ago", 1);
    for (int i = 0; i < 4_000; i++) {
      kept.say("lobby", "ann", "tea", now);
    }
    kept.say("lobby", "ann", "from another time", 1);

    Found first = find("tea before:1971", List.of("lobby"), null, 5);
    assertThat(first.hits()).isEmpty();
    Found second = find("tea before:1971", List.of("lobby"), first.next(), 5);
    assertThat(second.hits())
        .extracting(hit -> hit.message().text())
        .containsExactly("tea long ago");
    assertThat(second.next()).isNull();
  }

  // ---- what is found no more

  @Test
  void doesNotFindExpiredMessages() throws Exception {
    for (int i = 1; i <= 600; i++) {
      kept.say("lobby", "ann", "tea " + i);
      kept.say("other", "ann", "tea other");
    }
    assertThat(found("tea", 1)).containsExactly("tea 600");
    kept.forget("lobby", 590);

    assertThat(found("tea", 50)).hasSize(10).endsWith("tea 591");
    search.close();
    clean();
    assertThat(rows()).isEqualTo(610);
    open();
    assertThat(found("tea", 50)).hasSize(10);
    assertThat(find("tea", List.of("other"), null, 50).hits()).hasSize(50);
  }

  @Test
  void doesNotFindMessagesOfADeletedRoom() throws Exception {
    for (int i = 1; i <= 5; i++) {
      kept.say("lobby", "ann", "tea " + i);
      kept.say("other", "ann", "tea other");
    }
    assertThat(found("tea")).hasSize(5);
    kept.drop("lobby");
    assertThat(found("tea")).isEmpty();
    search.close();
    clean();
    assertThat(rows()).isEqualTo(5);
    open();
    kept.say("lobby", "ann", "tea anew");
    assertThat(found("tea")).containsExactly("tea anew");
  }

  @Test
  void onlyTheServersUserCanReadTheFile() throws Exception {
    kept.say("lobby", "ann", "tea");
    assertThat(found("tea")).hasSize(1);

    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files)
          .hasSizeGreaterThan(1)
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo("rw-------"));
    }
  }

  @Test
  void doesNotFindDeletedMessages() throws Exception {
    Line bad = kept.say("lobby", "ann", "tea with milk");
    kept.say("lobby", "ann", "tea");
    assertThat(found("tea")).hasSize(2);
    kept.delete(bad);

    assertThat(found("milk")).isEmpty();
    assertThat(found("tea")).containsExactly("tea");
    search.close();
    assertThat(rows()).isEqualTo(1);
  }

  /** FTS5 keeps the words of deleted rows until a merge. */
  @Test
  void purgesTheWordsOfDeletedMessages() throws Exception {
    for (int i = 0; i < 300; i++) {
      kept.say("lobby", "ann", "tea number " + i);
    }
    Line bad = kept.say("lobby", "ann", "zyzzogeton and " + "quixotry".repeat(3));
    for (int i = 0; i < 300; i++) {
      kept.say("lobby", "ann", "milk number " + i);
    }
    assertThat(found("zyzzogeton")).hasSize(1);
    assertThat(bytes()).contains("yzzogeton");
    kept.delete(bad);
    ((IndexSearch) search).wake();
    assertThat(found("zyzzogeton")).isEmpty();

    await().atMost(Duration.ofSeconds(60)).until(() -> !bytes().contains("yzzogeton"));
    assertThat(bytes()).doesNotContain("uixotry").contains("umber");
    assertThat(found("tea", 50)).hasSize(50);
    assertThat(found("milk", 50)).hasSize(50);
    Line other = kept.say("lobby", "ann", "zyzzogeton again");
    assertThat(found("zyzzogeton")).hasSize(1);
    kept.delete(other);
    search.close(); // before it could purge
    open();
    await().atMost(Duration.ofSeconds(60)).until(() -> !bytes().contains("yzzogeton"));
    assertThat(found("number", 50)).hasSize(50);
  }

  private String bytes() throws IOException {
    StringBuilder bytes = new StringBuilder();
    for (String name : List.of("search.db", "search.db-wal")) {
      Path part = directory.resolve(name);
      if (Files.exists(part)) {
        bytes.append(Files.readString(part, StandardCharsets.ISO_8859_1));
      }
    }
    return bytes.toString();
  }

  /** Cleans until there is nothing left to remove. */
  private void clean() throws Exception {
    try (IndexWriter writer = IndexWriter.open(new IndexFile(directory), kept)) {
      while (writer.clean(kept, 100)) {
        // more
      }
    }
  }

  // ---- an index in doubt

  @Test
  void keepsItsIndex() throws Exception {
    sayTea(10);
    assertThat(found("tea")).hasSize(10);
    search.close();
    Object file = Files.readAttributes(file(), "unix:ino").get("ino");
    sayTea(5);
    open();

    assertThat(found("tea")).hasSize(15);
    assertThat(Files.readAttributes(file(), "unix:ino").get("ino")).isEqualTo(file);
    assertThat(((IndexSearch) search).indexed()).isEqualTo(15);
  }

  @Test
  void rebuildsForAnotherJournal() {
    sayTea(10);
    assertThat(found("tea")).hasSize(10);
    kept.restore("second");
    sayTea(20);
    reopen();

    assertThat(found("tea")).hasSize(20);
  }

  @Test
  void rebuildsIfItIsAheadOfTheJournal() {
    sayTea(10);
    assertThat(found("tea")).hasSize(10);
    search.close();
    kept.cut(5);
    open();

    assertThat(found("tea")).hasSize(5);
    assertThat(((IndexSearch) search).indexed()).isEqualTo(5);
  }

  @Test
  void rebuildsIfItsLastLineDiffers() {
    sayTea(10);
    assertThat(found("tea")).hasSize(10);
    search.close();
    kept.cut(5);
    kept.say("other", "ann", "not here");
    for (int i = 0; i < 10; i++) {
      kept.say("lobby", "ann", "coffee");
    }
    open();

    assertThat(found("tea")).hasSize(5);
    assertThat(found("coffee")).hasSize(10);
  }

  @Test
  void rebuildsIfWordsAreSplitDifferently() throws Exception {
    sayTea(10);
    assertThat(found("tea")).hasSize(10);
    search.close();
    change("UPDATE state SET words = 0", "DELETE FROM words");
    open();

    assertThat(found("tea")).hasSize(10);
  }

  @Test
  void rebuildsForAnotherVersion() throws Exception {
    sayTea(10);
    assertThat(found("tea")).hasSize(10);
    search.close();
    change("PRAGMA user_version = 99", "DELETE FROM words");
    open();

    assertThat(found("tea")).hasSize(10);
  }

  @Test
  void rebuildsIfItIsNotADatabase() throws Exception {
    search.close();
    Files.write(
        file(),
        "This is not a database, but long enough.".repeat(200).getBytes(StandardCharsets.UTF_8));
    sayTea(10);
    open();

    assertThat(found("tea")).hasSize(10);
  }

  @Test
  void rebuildsIfATableIsMissing() throws Exception {
    sayTea(10);
    assertThat(found("tea")).hasSize(10);
    search.close();
    change("DROP TABLE room");
    open();

    assertThat(found("tea")).hasSize(10);
  }

  /** Wherever the damage is, everything is found again. */
  @Test
  void rebuildsIfItIsDamaged() throws Exception {
    Random random = new Random(7);
    for (int i = 0; i < 3_000; i++) {
      kept.say("lobby", "ann", "tea " + random.nextInt(1_000) + " " + random.nextInt(1_000));
    }
    assertThat(found("tea")).hasSize(50);
    for (int round = 0; round < 3; round++) {
      search.close();
      try (RandomAccessFile file = new RandomAccessFile(file().toFile(), "rw")) {
        byte[] noise = new byte[4_096];
        for (long at = round == 0 ? 0 : 4_096L * random.nextInt(8);
            at < file.length();
            at += 4 * 4_096) {
          random.nextBytes(noise);
          file.seek(at);
          file.write(noise);
        }
      }
      open();
      kept.say("lobby", "ann", "tea at last");
      await().until(() -> found("tea").size() == 50 && found("tea at last").size() == 1);
      kept.delete(kept.all().get(kept.all().size() - 1));
    }
  }

  @Test
  void rebuildsIfItsFileWasDeleted() throws Exception {
    sayTea(10);
    assertThat(found("tea")).hasSize(10);
    search.close();
    Files.delete(file());
    open();

    assertThat(found("tea")).hasSize(10);
  }

  // ---- trouble

  @Test
  void continuesWhenTheJournalIsReadableAgain() {
    sayTea(3);
    assertThat(found("tea")).hasSize(3);
    kept.fail(new IOException("away"));
    ((IndexSearch) search).wake();
    assertThatThrownBy(() -> found("tea")).hasRootCauseMessage("away");
    kept.fail(null);
    sayTea(1);

    await().until(() -> found("tea").size() == 4);
  }

  @Test
  void reportsAMissingIndex() throws Exception {
    search.close();
    Path no = Files.createDirectory(directory.resolve("no"));
    Files.createDirectory(no.resolve(IndexFile.NAME));
    Files.createFile(no.resolve(IndexFile.NAME).resolve("in the way"));
    search = IndexSearch.open(no, () -> kept);
    sayTea(1);

    assertThat(
            search
                .find(new Wanted(Query.of("tea"), kept.searched("lobby"), true, null, 5, PLENTY))
                .toCompletableFuture()
                .join())
        .isEqualTo(new Found(List.of(), null, false));
  }

  /** Even if the last message was deleted. */
  @Test
  void isIdleWhileNothingIsPosted() {
    sayTea(1);
    kept.say("other", "ann", "tea");
    kept.drop("other");
    assertThat(found("tea")).hasSize(1);
    int before = kept.reads();
    for (int i = 0; i < 20; i++) {
      assertThat(found("tea")).hasSize(1);
    }
    assertThat(kept.reads()).isLessThan(before + 10);
  }

  // ---- helpers

  private Path file() {
    return directory.resolve(IndexFile.NAME);
  }

  private long rows() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM words_docsize")) {
      row.next();
      return row.getLong(1);
    }
  }

  private void change(String... changes) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = connection.createStatement()) {
      for (String change : changes) {
        statement.execute(change);
      }
    }
  }
}
