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
 * The connections to the database that servers share. A few are kept in a pool for whatever has to
 * be asked or stored for a moment; who must keep one makes its own.
 *
 * <p>A connection that gives no answer is given up: the database, or the way to it, may be gone
 * without a word.
 */
public final class SharedDatabase implements AutoCloseable {

  /** Something that is done with a connection. */
  @FunctionalInterface
  public interface Work<T> {

    /** Does it; the connection commits each statement by itself. */
    T with(Connection connection) throws SQLException;
  }

  /** What is done to the tables, or asked of them, before anything else. */
  @FunctionalInterface
  interface Preparation {

    /** Does it. */
    void prepare(Connection connection, StoreAddress address) throws SQLException, IOException;
  }

  /** Enough for those who write, those who read and those who tell other servers something. */
  private static final int CONNECTIONS = 14;

  private static final int IDLE_CONNECTIONS = 2;
  private static final int CONNECT_SECONDS = 3;
  private static final int ANSWER_SECONDS = 10;

  /** How long to wait for a connection of the pool. */
  private static final int WAIT_MILLIS = 2_000;

  /**
   * A statement that another one stops for long gives up, and so does a transaction that nobody
   * ends, as when a server is stopped in the middle of it.
   */
  private static final String SETTINGS =
      "-c lock_timeout=4000 -c idle_in_transaction_session_timeout=5000";

  /** The driver's, which would write to the standard error; kept, as it would be forgotten. */
  private static final Logger DRIVER = Logger.getLogger("org.postgresql");

  static {
    DRIVER.setLevel(Level.OFF);
  }

  /**
   * Each connection begins with a write. After a crash a database shows at once what its standby
   * may not have; this ends only when the standby has all that.
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
   * Connects to the database, and makes its tables, or brings them up to this version, if that is
   * necessary.
   *
   * @throws IOException if it cannot be used; the message is one sentence for people
   */
  public static SharedDatabase open(StoreAddress address) throws IOException {
    return open(address, SharedSchema.CURRENT::prepare);
  }

  /**
   * The same for who changes a store that is there, and makes none.
   *
   * @throws IOException if it cannot be used, or no server has ever; the message is one sentence
   *     for people
   */
  public static SharedDatabase openExisting(StoreAddress address) throws IOException {
    return open(address, SharedSchema.CURRENT::bringForward);
  }

  /**
   * The same for who only looks, and leaves the tables as they are.
   *
   * @throws IOException if it cannot be read, or is of another version; the message is one sentence
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

  /** Ends when all that the database shows now is as safe as it makes things. */
  static void barrier(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(BARRIER);
      SQLWarning warning = statement.getWarnings();
      if (warning != null) {
        throw new SQLException(warning.getMessage(), warning.getSQLState(), warning);
      }
    }
  }

  /** For people: where it is. */
  public String shown() {
    return address.toString();
  }

  /** A connection of the pool, which is given back by closing it. */
  public Connection take() throws SQLException {
    return pool.getConnection();
  }

  /** A connection that belongs to the caller, and is in no pool. */
  public Connection connect() throws SQLException {
    return connect(address, properties, Map.of());
  }

  /** The same, for somebody whose statements and transactions may take as long as they need. */
  Connection connectForLong() throws SQLException {
    return connect(
        address, properties, Map.of("socketTimeout", "0", "options", "-c lock_timeout=4000"));
  }

  /**
   * Does something with a connection of the pool. Blocks for as long as that takes.
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

  /** How many connections of the pool are in use. */
  int active() {
    return pool.getHikariPoolMXBean().getActiveConnections();
  }

  /** What is the matter with it, in one sentence for people. */
  IOException unusable(SQLException e) {
    return SharedTrouble.unusable(address, e);
  }

  /** What is the matter, without where: some words for people. */
  public static String words(SQLException e) {
    return SharedTrouble.words(e);
  }

  /** What was connected is not what it was: the pool connects anew. */
  void reconnect() {
    pool.getHikariPoolMXBean().softEvictConnections();
  }

  @Override
  public void close() {
    pool.close();
  }
}
