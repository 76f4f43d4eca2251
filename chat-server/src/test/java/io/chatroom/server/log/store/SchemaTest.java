package io.chatroom.server.log.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.server.log.Position;
import io.chatroom.server.log.RoomLog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A store of any earlier version is upgraded to the current one. {@code version-N.sql} is a store
 * of version N with {@link #MESSAGES}. To make one, import these with a chat-server of that version
 * and keep the output of {@code sqlite3 log.db .dump}, with the store's name and the epochs as in
 * version 1, followed by its {@code application_id} and {@code user_version}.
 */
class SchemaTest {

  private static final String CLIENT = "0123456789abcdef0123456789abcdef";
  private static final String ROBOT = "a robot's own key";

  private static final List<StoredMessage> MESSAGES =
      List.of(
          said("tea", 1, 0, "zoë", "grüße 👋"),
          new StoredMessage("tea", 2, at(1), "ann", "one", CLIENT, "1", 0, null, null, false),
          new StoredMessage(
              "attic", 41, at(2), "bob", "a \"b\" c", ROBOT, "x'y", 0, null, null, false),
          new StoredMessage("tea", 3, at(3), "bob", "two", ROBOT, "2", 2, null, null, false),
          new StoredMessage(
              "tea", 4, at(4), "ann", "Tea; at five", null, null, 0, "topic", null, false),
          said("attic", 42, 5, "", ""));

  @TempDir Path directory;

  private static long at(int milli) {
    return 1_790_000_000_000L + milli;
  }

  private static StoredMessage said(String room, long seq, int milli, String from, String text) {
    return new StoredMessage(room, seq, at(milli), from, text, null, null, 0, null, null, false);
  }

  static Stream<Integer> versions() {
    return IntStream.rangeClosed(1, Schema.CURRENT.newest()).boxed();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void readsEverythingInAStoreOfEachVersion(int version) throws Exception {
    keep(version);

    try (StoredLogs logs = open(directory)) {
      assertThat(logs.names()).containsExactlyInAnyOrder("tea", "attic");
      RoomLog tea = logs.open("tea", () -> {});
      assertThat(tea.newest()).isEqualTo(new Position("00000000000000a1", 4));
      assertThat(tea.first()).isEqualTo(1);
      assertThat(tea.topic()).isEqualTo("Tea; at five");
      RoomLog attic = logs.open("attic", () -> {});
      assertThat(attic.newest()).isEqualTo(new Position("00000000000000a2", 42));
      assertThat(attic.first()).isEqualTo(41);
      assertThat(attic.topic()).isNull();
      assertThat(logs.journal().open().name()).isEqualTo("00000000000000aa");
    }

    assertThat(exported()).isEqualTo(MESSAGES);
    StoreTools.Found found = StoreTools.check(directory);
    assertThat(found.faults()).isEmpty();
    assertThat(found.messages()).isEqualTo(6);
    assertThat(numberOf("PRAGMA user_version")).isEqualTo(Schema.CURRENT.newest());
    try (StoreImport again = StoreImport.into(directory)) {
      for (StoredMessage message : MESSAGES.subList(1, 4)) {
        again.add(message);
      }
      assertThat(again.left()).as("posts that it knows").isEqualTo(3);
    }
  }

  /** Otherwise an upgraded server could fail where a new one does not. */
  @ParameterizedTest
  @MethodSource("versions")
  void anUpgradedStoreHasTheTablesOfANewOne(int version) throws Exception {
    keep(version);
    open(directory).close();
    Path fresh = directory.resolve("fresh");
    open(fresh).close();

    assertThat(tables(directory)).isEqualTo(tables(fresh));
  }

  /** No server needs to be started before. */
  @ParameterizedTest
  @MethodSource("versions")
  void repairsAStoreOfEachVersion(int version) throws Exception {
    keep(version);

    assertThat(StoreTools.repair(directory, 1))
        .startsWith("the store is sound (6 messages in 2 rooms)");

    assertThat(exported()).containsExactlyInAnyOrderElementsOf(MESSAGES);
  }

  /** With a gap where the first message was. */
  @ParameterizedTest
  @MethodSource("versions")
  void repairsADamagedStoreOfEachVersion(int version) throws Exception {
    keep(version);
    try (Connection connection = connect(directory)) {
      Schema.change(connection, "DELETE FROM message WHERE n = 1");
    }

    assertThat(StoreTools.repair(directory, 5)).startsWith("recovered 5 messages; ");

    assertThat(exported())
        .extracting(StoredMessage::text)
        .isEqualTo(MESSAGES.stream().skip(1).map(StoredMessage::text).toList());
    assertThat(StoreTools.check(directory).faults()).isEmpty();
  }

  @Test
  void aFailedStepLeavesThePreviousVersionIntact() throws Exception {
    int newest = Schema.CURRENT.newest();
    keep(newest);
    List<String> tables = tables(directory);
    Schema.Step fails =
        connection -> {
          Schema.change(connection, "CREATE TABLE ban (name TEXT)", "DELETE FROM message");
          assertThat(Sqlite.number(connection, "SELECT count(*) FROM message")).isZero();
          Schema.change(connection, "INSERT INTO ban (nobody) VALUES (1)");
        };

    assertThatThrownBy(() -> store(fails).openToWrite())
        .isInstanceOf(IOException.class)
        .hasMessageMatching(
            ".*/log\\.db cannot be upgraded from version %d to version %d, and is unchanged: .*; fix"
                    .formatted(newest, newest + 1)
                + " that and start again, or start the chat-server that wrote it");

    assertThat(numberOf("PRAGMA user_version")).isEqualTo(newest);
    assertThat(tables(directory)).isEqualTo(tables);
    assertThat(exported()).isEqualTo(MESSAGES);
    open(directory).close();
  }

  @Test
  void upgradesStepByStepAndContinuesWhereItStopped() throws Exception {
    int newest = Schema.CURRENT.newest();
    keep(newest);
    Schema.Step first = connection -> Schema.change(connection, "CREATE TABLE ban (name TEXT)");
    Schema.Step fails = connection -> Schema.change(connection, "no such word");
    Schema.Step second =
        connection ->
            Schema.change(
                connection,
                "ALTER TABLE message ADD COLUMN deleted INTEGER",
                "INSERT INTO ban SELECT author FROM message WHERE n = 1");

    assertThatThrownBy(() -> store(first, fails).openToWrite()).isInstanceOf(IOException.class);
    assertThat(numberOf("PRAGMA user_version")).isEqualTo(newest + 1);
    assertThat(numberOf("SELECT count(*) FROM ban")).isZero();

    for (int start = 1; start <= 2; start++) { // the second time there is nothing to do
      store(first, second).openToWrite().close();
      assertThat(numberOf("PRAGMA user_version")).isEqualTo(newest + 2);
      assertThat(numberOf("SELECT count(*) FROM ban WHERE name = 'zoë'")).isEqualTo(1);
    }
    assertThatThrownBy(() -> open(directory))
        .hasMessageContaining("is of version " + (newest + 2))
        .hasMessageContaining("knows versions up to " + newest);
  }

  @Test
  void aReadingToolDoesNotReadMissingTables() throws Exception {
    int newest = Schema.CURRENT.newest();
    keep(newest);
    Sqlite database =
        store(connection -> Schema.change(connection, "CREATE TABLE ban (name TEXT)"));

    try (Connection connection = database.openToRead()) {
      database.requireOurs(connection);
      assertThatThrownBy(() -> database.requireCurrent(connection))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "%s is of version %d, and this chat-server reads version %d; start it once with"
                  + " --data %s, which upgrades it, or use the chat-server that wrote it",
              database.file(), newest, newest + 1, directory);
    }
  }

  /** The store with steps after the current ones. */
  private Sqlite store(Schema.Step... more) {
    List<Schema.Step> steps = new ArrayList<>(Schema.steps());
    steps.addAll(List.of(more));
    return new Sqlite(directory, directory.resolve(Sqlite.FILE), new Schema(steps));
  }

  private static StoredLogs open(Path data) throws IOException {
    return StoredLogs.open(data, Retention.FOREVER, InstantSource.system());
  }

  /** Creates the store of a version. */
  private void keep(int version) throws IOException, SQLException {
    String name = "version-" + version + ".sql";
    try (InputStream script = SchemaTest.class.getResourceAsStream(name)) {
      assertThat(script).as(name + " in the test resources").isNotNull();
      SqliteLibrary.load(directory);
      Files.createFile(directory.resolve(Sqlite.FILE));
      try (Connection connection = connect(directory);
          Statement statement = connection.createStatement()) {
        statement.executeUpdate(new String(script.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    assertThat(numberOf("PRAGMA user_version")).isEqualTo(version);
  }

  private List<StoredMessage> exported() throws IOException {
    List<StoredMessage> all = new ArrayList<>();
    StoreExport.read(directory, null, all::add);
    return all;
  }

  private static List<String> tables(Path data) throws SQLException {
    List<String> all = new ArrayList<>();
    try (Connection connection = connect(data);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT sql FROM sqlite_schema ORDER BY name")) {
      while (row.next()) {
        all.add(String.valueOf(row.getString(1)).replaceAll("\\s+", " "));
      }
    }
    return all;
  }

  private long numberOf(String sql) throws SQLException {
    try (Connection connection = connect(directory)) {
      return Sqlite.number(connection, sql);
    }
  }

  private static Connection connect(Path data) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + data.resolve(Sqlite.FILE));
  }
}
