package io.chatroom.server.log.store;

import io.chatroom.server.log.sql.RandomName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables of a store, version by version. A store records its version ({@code PRAGMA
 * user_version}; 0 has no tables yet). Each step upgrades a store to the next version, in its own
 * transaction: a failed step leaves the previous version intact. A server that opens a store runs
 * the missing steps.
 *
 * <p>To change the tables:
 *
 * <ol>
 *   <li>Add a step at the end of {@link #STEPS}. A released step never changes.
 *   <li>Add a store of the new version as {@code version-N.sql} to the test resources of this
 *       package; {@code SchemaTest} opens each and says how to make one.
 *   <li>Check everything that copies tables: a backup has all of them, a repair of a damaged file
 *       only those that {@link StoreImport} fills, and an export only messages.
 * </ol>
 */
final class Schema {

  /** Upgrades to the next version within the transaction of a connection. */
  interface Step {

    void take(Connection connection) throws SQLException;
  }

  private static final List<Step> STEPS = List.of(Schema::messagesAndRooms, Schema::factsAndOwners);

  /** The schema of this version of the server. */
  static final Schema CURRENT = new Schema(STEPS);

  private final List<Step> steps;

  Schema(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  /** The current steps, so that a test can add one. */
  static List<Step> steps() {
    return STEPS;
  }

  int newest() {
    return steps.size();
  }

  /** The step from a version to the next. */
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

  /** Adds facts, and whether the author of a message owned the name. */
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
