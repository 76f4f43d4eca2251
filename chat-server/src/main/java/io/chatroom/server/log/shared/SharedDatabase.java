package io.chatroom.server.log.shared;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.postgresql.Driver;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/**
 * The connections to the shared database: a small pool for short work, and connections outside the
 * pool for callers that keep one. Thread-safe.
 *
 * <p>A connection that does not answer within ten seconds is closed: the database, or the network
 * to it, may have failed silently.
 */
public final class SharedDatabase implements AutoCloseable {

  /** Work that needs a connection. */
  @FunctionalInterface
  public interface Work<T> {

    /** Does the work; the connection is in auto-commit mode. */
    T with(Connection connection) throws SQLException;
  }

  /** Prepares or checks the tables before the database is used. */
  @FunctionalInterface
  interface Preparation {

    void prepare(Connection connection, StoreAddress address) throws SQLException, IOException;
  }

  /** Enough for all writers, readers and notifiers. */
  private static final int CONNECTIONS = 14;

  private static final int IDLE_CONNECTIONS = 2;
  private static final int CONNECT_SECONDS = 3;
  private static final int ANSWER_SECONDS = 10;

  /** Maximum wait for a connection from the pool. */
  private static final int WAIT_MILLIS = 2_000;

  /**
   * Limits the wait for locks, and ends transactions that are left open, for example by a server
   * that was stopped in the middle of one.
   */
  private static final String SETTINGS =
      "-c lock_timeout=4000 -c idle_in_transaction_session_timeout=5000";

  /**
   * The driver's logger, silenced, as it would write to the standard error. The reference keeps it
   * from being collected, which would lose its level.
   */
  private static final Logger DRIVER = Logger.getLogger("org.postgresql");

  static {
    DRIVER.setLevel(Level.OFF);
  }

  /**
   * Each connection begins with this write. After a crash, the database shows data that its standby
   * may not have yet; the write commits only when the standby has all of it.
   */
  private static final String BARRIER = "SELECT pg_logical_emit_message(true, 'chat', '')";

  private final StoreAddress address;
  private final Properties properties;
  private final HikariDataSource pool;

  private SharedDatabase(StoreAddress address, Properties properties, HikariDataSource pool) {
    this.address = address;
    this.properties = properties;
    this.pool = pool;
  }

  /**
   * Connects to the database, and creates or upgrades its tables if necessary.
   *
   * @throws IOException if it cannot be used; the message is one sentence for people
   */
  public static SharedDatabase open(StoreAddress address) throws IOException {
    return open(address, SharedSchema.CURRENT::prepare);
  }

  /**
   * Connects to the database of an existing store, and upgrades its tables if necessary.
   *
   * @throws IOException if it cannot be used, or is not a store; the message is one sentence for
   *     people
   */
  public static SharedDatabase openExisting(StoreAddress address) throws IOException {
    return open(address, SharedSchema.CURRENT::upgrade);
  }

  /**
   * Connects to the database of an existing store, and leaves its tables unchanged.
   *
   * @throws IOException if it cannot be read, or has another version; the message is one sentence
   *     for people
   */
  static SharedDatabase openToRead(StoreAddress address) throws IOException {
    return open(address, SharedSchema.CURRENT::require);
  }

  static SharedDatabase open(StoreAddress address, Preparation tables) throws IOException {
    Properties properties = properties(address);
    try (Connection first = connect(address, properties, Map.of())) {
      tables.prepare(first, address);
    } catch (SQLException e) {
      throw SharedTrouble.unusable(address, e);
    }
    HikariConfig config = new HikariConfig();
    config.setPoolName("store");
    config.setJdbcUrl(address.jdbcUrl());
    config.setDataSourceProperties(properties);
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(IDLE_CONNECTIONS);
    config.setConnectionTimeout(WAIT_MILLIS);
    config.setValidationTimeout(WAIT_MILLIS);
    config.setRegisterMbeans(false);
    config.setConnectionInitSql(BARRIER);
    try {
      return new SharedDatabase(address, properties, new HikariDataSource(config));
    } catch (PoolInitializationException e) {
      throw e.getCause() instanceof SQLException why
          ? SharedTrouble.unusable(address, why)
          : new IOException(e.getMessage(), e);
    }
  }

  private static Properties properties(StoreAddress address) {
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "chat-server");
    properties.setProperty("targetServerType", "primary");
    properties.setProperty("connectTimeout", "" + CONNECT_SECONDS);
    properties.setProperty("loginTimeout", "" + 2 * CONNECT_SECONDS);
    properties.setProperty("socketTimeout", "" + ANSWER_SECONDS);
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("options", SETTINGS);
    properties.putAll(address.properties());
    return properties;
  }

  private static Connection connect(
      StoreAddress address, Properties properties, Map<String, String> more) throws SQLException {
    Properties all = new Properties();
    all.putAll(properties);
    all.putAll(more);
    Connection connection = new Driver().connect(address.jdbcUrl(), all);
    if (connection == null) {
      throw new PSQLException("the driver does not know this URL", PSQLState.UNEXPECTED_ERROR);
    }
    try {
      barrier(connection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return connection;
  }

  /** Returns once everything that the database shows now is safe, on the standby too. */
  static void barrier(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(BARRIER);
      SQLWarning warning = statement.getWarnings();
      if (warning != null) {
        throw new SQLException(warning.getMessage(), warning.getSQLState(), warning);
      }
    }
  }

  /** The address for people, without the password. */
  public String shown() {
    return address.toString();
  }

  /** Takes a connection from the pool; closing it returns it. */
  public Connection take() throws SQLException {
    return pool.getConnection();
  }

  /** Opens a connection outside the pool, which the caller must close. */
  public Connection connect() throws SQLException {
    return connect(address, properties, Map.of());
  }

  /** Opens a connection outside the pool without time limits for statements and transactions. */
  Connection connectForLong() throws SQLException {
    return connect(
        address, properties, Map.of("socketTimeout", "0", "options", "-c lock_timeout=4000"));
  }

  /**
   * Does work with a connection from the pool. Blocks.
   *
   * @throws IOException if it fails; the message is one sentence for people
   */
  public <T> T run(Work<T> work) throws IOException {
    try (Connection connection = take()) {
      return work.with(connection);
    } catch (SQLException e) {
      throw unusable(e);
    }
  }

  /** The number of pooled connections in use. */
  int active() {
    return pool.getHikariPoolMXBean().getActiveConnections();
  }

  /** Describes a failure in one sentence for people, with the address. */
  IOException unusable(SQLException e) {
    return SharedTrouble.unusable(address, e);
  }

  /** Describes a failure in a phrase for people, without the address. */
  public static String words(SQLException e) {
    return SharedTrouble.words(e);
  }

  /** Makes the pool replace its connections, for example after a failover. */
  void reconnect() {
    pool.getHikariPoolMXBean().softEvictConnections();
  }

  @Override
  public void close() {
    pool.close();
  }
}
