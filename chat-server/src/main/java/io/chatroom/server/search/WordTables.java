package io.chatroom.server.search;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tables of an index in PostgreSQL, beside those of the store. A server rebuilds tables of an
 * older version, and leaves those of a newer version alone. Only the index depends on them.
 *
 * <p>{@code words} has a row for each message that can be found. {@code words_state} records the
 * number of the journal up to which everything is indexed.
 */
final class WordTables {

  /** Must change when the tables or {@link Lexemes} change. */
  private static final int TABLES = 1;

  static final int VERSION = 1_000 * Words.VERSION + TABLES;

  /** The advisory lock that makes only one server at a time create the tables. */
  private static final long LOCK = 0x66696e64;

  private static final List<String> TABLE =
      List.of(
          "DROP TABLE IF EXISTS words, words_room, words_state",
          """
          CREATE TABLE words_room (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name text COLLATE "C" NOT NULL UNIQUE)
          """,
          """
          CREATE TABLE words (
            room bigint NOT NULL,
            seq bigint NOT NULL,
            n bigint NOT NULL,
            at bigint NOT NULL,
            words tsvector NOT NULL,
            PRIMARY KEY (room, seq))
          """,
          "CREATE INDEX words_n ON words (n)",
          "CREATE INDEX words_words ON words USING gin (words)",
          "CREATE TABLE words_state (version integer NOT NULL, n bigint NOT NULL)");

  /**
   * The state of an index.
   *
   * @param n the number of the journal up to which everything is indexed
   */
  record State(int version, long n) {

    boolean isOurs() {
      return version == VERSION;
    }

    boolean isNewer() {
      return version > VERSION;
    }
  }

  private WordTables() {}

  /** The state of the tables; null if there are none. */
  static @Nullable State state(Connection connection) throws SQLException {
    if (!exist(connection)) {
      return null;
    }
    return state(connection, "SELECT version, n FROM words_state");
  }

  /**
   * The state of the tables, which it locks for the writer until its transaction ends; null if
   * another server has the lock.
   */
  static @Nullable State take(Connection connection) throws SQLException {
    return state(connection, "SELECT version, n FROM words_state FOR UPDATE SKIP LOCKED");
  }

  private static @Nullable State state(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? new State(row.getInt(1), row.getLong(2)) : null;
    }
  }

  private static boolean exist(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT to_regclass('words_state') IS NOT NULL")) {
      return row.next() && row.getBoolean(1);
    }
  }

  /** Creates the tables and commits, unless another server has created them meanwhile. */
  static void create(Connection connection) throws SQLException {
    try (PreparedStatement lock = connection.prepareStatement("SELECT pg_advisory_xact_lock(?)")) {
      lock.setLong(1, LOCK);
      lock.execute();
    }
    State state = state(connection);
    if (state == null || state.version() < VERSION) {
      try (Statement statement = connection.createStatement()) {
        for (String table : TABLE) {
          statement.execute(table);
        }
        statement.execute("INSERT INTO words_state VALUES (" + VERSION + ", 0)");
      }
    }
    connection.commit();
  }

  /** Drops the tables; the next server rebuilds them. */
  static void drop(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS words, words_room, words_state");
    }
  }
}
