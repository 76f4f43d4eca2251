package io.chatroom.server.log.store;

import io.chatroom.server.log.sql.RandomName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables of a store, version by version. A store knows its version ({@code PRAGMA
 * user_version}; 0 has no tables yet), and each step makes the next version of the one before, in a
 * transaction of its own: a step that fails leaves the version before it whole. A server takes the
 * steps that a store has not had when it opens it.
 *
 * <p>To change the tables:
 *
 * <ol>
 *   <li>Add a step at the end of {@link #STEPS}. One that a release has taken never changes again.
 *   <li>Keep a store of the new version as {@code version-N.sql} beside those in the test resources
 *       of this package; {@code SchemaTest} opens each and says how to make one.
 *   <li>Think of those who copy tables: a backup has all of them, a repair of a damaged file only
 *       what {@link StoreImport} stores, and an export only messages.
 * </ol>
 */
final class Schema {

  /** Makes the next version within the transaction of a connection. */
  interface Step {

    void take(Connection connection) throws SQLException;
  }

  private static final List<Step> STEPS = List.of(Schema::messagesAndRooms, Schema::factsAndOwners);

  /** That of this version of the server. */
  static final Schema CURRENT = new Schema(STEPS);

  private final List<Step> steps;

  Schema(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  /** The steps of today, so that a test can add one. */
  static List<Step> steps() {
    return STEPS;
  }

  int newest() {
    return steps.size();
  }

  /** The step behind a version. */
  Step after(int version) {
    return steps.get(version);
  }

  private static void messagesAndRooms(Connection connection) throws SQLException {
    change(
        connection,
        """
        CREATE TABLE store (
          name TEXT NOT NULL,
          forgotten INTEGER NOT NULL,
          copied INTEGER NOT NULL)
        """,
        """
        CREATE TABLE room (
          id INTEGER PRIMARY KEY,
          name TEXT NOT NULL UNIQUE,
          epoch TEXT NOT NULL,
          forgotten INTEGER NOT NULL,
          topic TEXT)
        """,
        """
        CREATE TABLE message (
          n INTEGER PRIMARY KEY,
          room INTEGER NOT NULL,
          seq INTEGER NOT NULL,
          at INTEGER NOT NULL,
          bytes INTEGER NOT NULL,
          author TEXT NOT NULL,
          text TEXT,
          client BLOB,
          id TEXT,
          reply INTEGER,
          kind TEXT,
          target TEXT)
        """,
        "CREATE UNIQUE INDEX message_place ON message (room, seq)",
        "CREATE UNIQUE INDEX message_post ON message (client, id) WHERE client IS NOT NULL");
    try (PreparedStatement store = connection.prepareStatement(Sql.NEW_STORE)) {
      store.setString(1, RandomName.next());
      store.executeUpdate();
    }
  }

  /** What is remembered besides what was said, and whether a name was its speaker's own. */
  private static void factsAndOwners(Connection connection) throws SQLException {
    change(
        connection,
        """
        CREATE TABLE fact (
          kind TEXT NOT NULL,
          key TEXT NOT NULL,
          value TEXT NOT NULL,
          PRIMARY KEY (kind, key))
        """,
        "ALTER TABLE message ADD COLUMN owned INTEGER");
  }

  /** Executes one statement after the other. */
  static void change(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
