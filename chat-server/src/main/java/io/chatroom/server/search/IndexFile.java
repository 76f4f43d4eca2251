package io.chatroom.server.search;

import io.chatroom.system.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/**
 * The file of an index: creates, opens and deletes it. A file of another version is rebuilt, not
 * upgraded.
 *
 * <p>Words are in an FTS5 table that stores no text and splits at spaces only, because {@link
 * Words} has already split the text. The number of a row is the message's {@code n}, so a backward
 * scan finds the newest first. Prefixes of one character have an index of their own: almost every
 * message has a word with a given first letter, and many Chinese words are one character. {@code
 * line} contains the room of a message, {@code day} the range of numbers of a day, and {@code room}
 * the point up to which a room was cleaned. FTS5 only marks a row as deleted; {@code purge} records
 * that words of deleted messages are still in the file. A crash can lose only the newest
 * transactions, which are then indexed again.
 */
final class IndexFile {

  static final String NAME = "search.db";

  private static final int VERSION = 2;

  /** The id of our databases, {@code find} in ASCII. */
  private static final int APPLICATION = 0x66696e64;

  private static final int BUSY_MILLIS = 10_000;
  private static final int CACHE_KIB = 2 * 1024;

  /** A write-ahead log beyond this size is truncated when it restarts. */
  private static final long WAL_BYTES = 16 * 1024 * 1024;

  private static final List<String> TABLES =
      List.of(
          """
          CREATE VIRTUAL TABLE words USING fts5(
            text, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '1')
          """,
          "CREATE TABLE line (n INTEGER PRIMARY KEY, room INTEGER NOT NULL)",
          """
          CREATE TABLE state (
            words INTEGER NOT NULL,
            journal TEXT NOT NULL,
            n INTEGER NOT NULL,
            room TEXT NOT NULL,
            seq INTEGER NOT NULL,
            at INTEGER NOT NULL,
            purge INTEGER NOT NULL)
          """,
          "CREATE TABLE day (day INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT"
              + " NULL)",
          """
          CREATE TABLE room (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            forgotten INTEGER NOT NULL,
            n INTEGER NOT NULL)
          """);

  private final Path file;

  IndexFile(Path directory) {
    this.file = directory.resolve(NAME);
  }

  Path file() {
    return file;
  }

  boolean exists() {
    return Files.exists(file);
  }

  /** Its size in bytes, including the write-ahead log. */
  long bytes() throws IOException {
    long bytes = 0;
    for (String suffix : List.of("", "-wal")) {
      Path part = file.resolveSibling(NAME + suffix);
      bytes += Files.exists(part) ? Files.size(part) : 0;
    }
    return bytes;
  }

  /** Deletes the index. Nobody may have it open. */
  void delete() throws IOException {
    for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
      Files.deleteIfExists(file.resolveSibling(NAME + suffix));
    }
  }

  /**
   * Creates an empty index.
   *
   * @param journal the name of the journal to index
   */
  Connection create(String journal) throws SQLException {
    try {
      SecretFile.make(file); // SQLite gives the files beside it the same permissions
    } catch (IOException e) {
      throw new SQLException(e.getMessage(), e);
    }
    Connection connection = connect(new SQLiteConfig());
    try {
      run(connection, "PRAGMA journal_mode = WAL");
      connection.setAutoCommit(false);
      for (String table : TABLES) {
        run(connection, table);
      }
      try (var state =
          connection.prepareStatement("INSERT INTO state VALUES (?, ?, 0, '', 0, 0, 0)")) {
        state.setInt(1, Words.VERSION);
        state.setString(2, journal);
        state.executeUpdate();
      }
      run(connection, "PRAGMA application_id = " + APPLICATION);
      run(connection, "PRAGMA user_version = " + VERSION);
      connection.commit();
      tune(connection);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** Opens it for the writer. */
  Connection openToWrite() throws SQLException, DoubtException {
    Connection connection = connect(new SQLiteConfig());
    try {
      if (number(connection, "PRAGMA application_id") != APPLICATION
          || number(connection, "PRAGMA user_version") != VERSION) {
        throw new DoubtException("has another version");
      }
      run(connection, "PRAGMA journal_mode = WAL");
      connection.setAutoCommit(false);
      tune(connection);
      return connection;
    } catch (SQLException | DoubtException e) {
      connection.close();
      throw e;
    }
  }

  private static void tune(Connection connection) throws SQLException {
    connection.commit();
    connection.setAutoCommit(true);
    run(connection, "PRAGMA synchronous = NORMAL");
    run(connection, "PRAGMA journal_size_limit = " + WAL_BYTES);
    run(connection, "PRAGMA secure_delete = ON"); // deleted content is overwritten
    connection.setAutoCommit(false);
  }

  /**
   * Checkpoints and truncates the write-ahead log, so that deleted content is in neither file. Does
   * not wait.
   *
   * @return false if a reader prevents it; then call it again later
   */
  static boolean cutLog(Connection connection) throws SQLException {
    connection.setAutoCommit(true); // impossible within a transaction
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 0");
      try (ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
        return row.next() && row.getInt(1) == 0;
      } finally {
        statement.execute("PRAGMA busy_timeout = " + BUSY_MILLIS);
      }
    } finally {
      connection.setAutoCommit(false);
    }
  }

  /** Opens it for a reader. */
  Connection openToRead() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    return connect(config);
  }

  private Connection connect(SQLiteConfig config) throws SQLException {
    config.setBusyTimeout(BUSY_MILLIS);
    config.setCacheSize(-CACHE_KIB);
    config.setGetGeneratedKeys(false); // else each insert would run a query
    config.setOpenMode(SQLiteOpenMode.NOMUTEX); // the driver already locks
    // As a URI, because a question mark in a name would begin options.
    return DriverManager.getConnection(
        "jdbc:sqlite:file:" + file.toUri().getRawPath(), config.toProperties());
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      return result.next() ? result.getLong(1) : 0;
    }
  }
}
