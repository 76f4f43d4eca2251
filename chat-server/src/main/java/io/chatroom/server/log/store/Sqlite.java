package io.chatroom.server.log.store;

import io.chatroom.system.NativePath;
import io.chatroom.system.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/**
 * The parts specific to SQLite: opening, creating and checking a database, and checkpoints of its
 * write-ahead log. With {@code synchronous=FULL} a commit is on disk when it returns. A commit
 * never runs a checkpoint; the writer decides when to run one.
 */
final class Sqlite {

  private static final Logger log = LoggerFactory.getLogger(Sqlite.class);

  static final String FILE = "log.db";

  /** SQLite's suffix of the write-ahead log. */
  private static final String WAL_FILE = FILE + "-wal";

  /** The application id {@code chat}. A database with another id is not ours. */
  private static final int APPLICATION = 0x63686174;

  /** Time to wait for a tool that writes for a moment; otherwise only this server writes. */
  private static final int BUSY_MILLIS = 1_000;

  /** A write-ahead log beyond this size is truncated when it restarts. */
  private static final long WAL_BYTES = 64 * 1024 * 1024;

  private static final int WRITER_CACHE_KIB = 4 * 1024;
  private static final int READER_CACHE_KIB = 1024;

  private final Path directory;
  private final Path file;
  private final Schema schema;

  Sqlite(Path directory) {
    this(directory, directory.resolve(FILE));
  }

  /**
   * @param file replaces the usual one
   */
  Sqlite(Path directory, Path file) {
    this(directory, file, Schema.CURRENT);
  }

  /**
   * @param schema replaces the current one
   */
  Sqlite(Path directory, Path file, Schema schema) {
    this.directory = directory;
    this.file = file;
    this.schema = schema;
  }

  /**
   * The database of a directory, for a tool.
   *
   * @throws IOException if it is missing; the message is one sentence for people
   */
  static Sqlite existing(Path directory) throws IOException {
    Sqlite database = new Sqlite(directory);
    if (!Files.exists(database.file)) {
      throw new IOException(
          "there is no "
              + FILE
              + " in "
              + NativePath.show(directory)
              + ", expected a directory that a server was given with --data");
    }
    SqliteLibrary.load(directory);
    return database;
  }

  /** Its name, for people. */
  String shown() {
    return NativePath.show(file);
  }

  /** As a URI, because a question mark in a name would begin options. */
  static String uri(Path file) {
    return "file:" + file.toUri().getRawPath();
  }

  Path file() {
    return file;
  }

  /** Its size, including the write-ahead log; 0 if unknown. */
  long bytes() {
    return file.toFile().length() + file.resolveSibling(WAL_FILE).toFile().length();
  }

  /** Returns true if the last writer did not close the database cleanly. */
  boolean wasCutOff() throws IOException {
    Path wal = file.resolveSibling(WAL_FILE);
    return Files.exists(wal) && Files.size(wal) > 0;
  }

  /**
   * Opens the database for the writer, and creates or upgrades it if necessary.
   *
   * @throws IOException if it cannot be used; the message is one sentence for people
   */
  Connection openToWrite() throws IOException {
    SecretFile.make(file); // SQLite gives the files beside it the same permissions
    try {
      Connection connection = connect(new SQLiteConfig(), WRITER_CACHE_KIB);
      try {
        prepare(connection);
        return connection;
      } catch (SQLException | IOException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw unusable(e);
    }
  }

  /** Opens the database for a reader. */
  Connection openToRead() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    return connect(config, READER_CACHE_KIB);
  }

  private Connection connect(SQLiteConfig config, int cacheKib) throws SQLException {
    config.setBusyTimeout(BUSY_MILLIS);
    config.setCacheSize(-cacheKib);
    config.setGetGeneratedKeys(false); // otherwise each insert would run a query
    config.setOpenMode(SQLiteOpenMode.NOMUTEX); // the driver already locks
    return DriverManager.getConnection("jdbc:sqlite:" + uri(file), config.toProperties());
  }

  /** Opens the database for writing, without an upgrade. */
  Connection openPlain() throws SQLException {
    return connect(new SQLiteConfig(), READER_CACHE_KIB);
  }

  /**
   * Checks that it is a store of ours with a known version.
   *
   * @throws IOException if it is not; the message is one sentence for people
   */
  void requireOurs(Connection connection) throws SQLException, IOException {
    long version = number(connection, "PRAGMA user_version");
    if (number(connection, "PRAGMA application_id") != APPLICATION) {
      throw new IOException(
          NativePath.show(file)
              + " is a database of another program; choose another directory with --data");
    }
    if (version > schema.newest()) {
      throw new IOException(
          NativePath.show(file)
              + " is of version "
              + version
              + ", and this chat-server knows versions up to "
              + schema.newest()
              + "; start the newer chat-server that wrote it, or restore a backup that is"
              + " older");
    }
  }

  /**
   * Like {@link #requireOurs}, and checks that it has all tables of this version, for a tool that
   * must not upgrade it.
   *
   * @throws IOException if it has not; the message is one sentence for people
   */
  void requireCurrent(Connection connection) throws SQLException, IOException {
    requireOurs(connection);
    long version = number(connection, "PRAGMA user_version");
    if (version < schema.newest()) {
      throw new IOException(
          ("%s is of version %d, and this chat-server reads version %d; start it once with --data"
                  + " %s, which upgrades it, or use the chat-server that wrote it")
              .formatted(
                  NativePath.show(file), version, schema.newest(), NativePath.show(directory)));
    }
  }

  private void prepare(Connection connection) throws SQLException, IOException {
    int version = (int) number(connection, "PRAGMA user_version");
    if (version > 0 || number(connection, "SELECT count(*) FROM sqlite_schema") > 0) {
      requireOurs(connection);
    }
    run(connection, "PRAGMA journal_mode = WAL");
    run(connection, "PRAGMA synchronous = FULL");
    run(connection, "PRAGMA wal_autocheckpoint = 0");
    run(connection, "PRAGMA secure_delete = ON"); // deleted content is overwritten
    run(connection, "PRAGMA journal_size_limit = " + WAL_BYTES);
    connection.setAutoCommit(false);
    for (int from = version; from < schema.newest(); from++) {
      migrate(connection, from);
    }
    if (version > 0 && version < schema.newest()) {
      log.info("upgraded {} from version {} to {}", shown(), version, schema.newest());
    }
  }

  /** Upgrades a store by one version, or leaves it as it is. */
  private void migrate(Connection connection, int from) throws SQLException, IOException {
    int to = from + 1;
    try {
      schema.after(from).take(connection);
      run(connection, "PRAGMA application_id = " + APPLICATION);
      run(connection, "PRAGMA user_version = " + to);
      connection.commit();
    } catch (SQLException e) {
      beginAnew(connection);
      if (from == 0) {
        throw e; // a new store
      }
      throw new IOException(
          ("%s cannot be upgraded from version %d to version %d, and is unchanged: %s; fix that and"
                  + " start again, or start the chat-server that wrote it")
              .formatted(NativePath.show(file), from, to, SqliteTrouble.words(e)),
          e);
    }
  }

  /** Checkpoints the write-ahead log as far as readers allow, so that it restarts. */
  static void checkpoint(Connection connection) throws SQLException {
    connection.setAutoCommit(true); // impossible within a transaction
    try {
      run(connection, "PRAGMA wal_checkpoint(PASSIVE)");
    } finally {
      connection.setAutoCommit(false);
    }
  }

  /**
   * Checkpoints and truncates the write-ahead log, so that deleted content is in neither file. Does
   * not wait.
   *
   * @return false if a reader prevents it; retry then
   */
  static boolean cutLog(Connection connection) throws SQLException {
    connection.setAutoCommit(true);
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

  /**
   * Rolls back the transaction of a connection and begins a new one. After some errors SQLite has
   * rolled back by itself, without the driver's knowledge, which would then run the next statements
   * without a transaction.
   */
  static void beginAnew(Connection connection) throws SQLException {
    try {
      connection.rollback();
      return;
    } catch (SQLException gone) {
      log.debug("nothing to roll back", gone);
    }
    try {
      connection.setAutoCommit(true);
    } catch (SQLException gone) { // for the same reason; harmless
      log.debug("nothing to commit", gone);
    }
    connection.setAutoCommit(false);
  }

  /** The bytes in use in the file. */
  static long bytesInUse(Connection connection) throws SQLException {
    long pages =
        number(connection, "PRAGMA page_count") - number(connection, "PRAGMA freelist_count");
    return pages * number(connection, "PRAGMA page_size");
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      return result.next() ? result.getLong(1) : 0;
    }
  }

  static boolean isDamage(SQLException e) {
    return e instanceof SQLiteException sqlite && SqliteTrouble.of(sqlite) == SqliteTrouble.DAMAGED;
  }

  /** Explains why a database cannot be opened or read, and what to do. */
  IOException unusable(SQLException e) {
    String shown = NativePath.show(file);
    if (!(e instanceof SQLiteException sqlite)) {
      return new IOException(shown + " cannot be used: " + e.getMessage(), e);
    }
    return new IOException(
        switch (SqliteTrouble.of(sqlite)) {
          case DAMAGED ->
              shown
                  + " is damaged; restore a backup, or save what can be read with chat-server"
                  + " repair "
                  + NativePath.show(directory);
          case FULL -> shown + " cannot be written: there is no space left on its disk";
          case READ_ONLY ->
              shown
                  + " cannot be written; expected a file and a directory that this user can write to";
          case BUSY -> shown + " is in use by another program; stop that one first";
          case FAILS -> shown + " cannot be used: " + SqliteTrouble.words(sqlite);
        },
        e);
  }
}
