package io.chatroom.server.log.shared;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The versions of the tables of a shared store. Each step upgrades them by one version, in a
 * transaction of its own. One server at a time upgrades; others that start meanwhile wait for it.
 *
 * <p>Servers of the previous version keep running during and after an upgrade. A step declares the
 * lowest version that a server must know to use the tables.
 *
 * <p>To change the tables:
 *
 * <ol>
 *   <li>Add a step at the end of {@link #STEPS}. Never change a step that was released.
 *   <li>Add only what older servers can ignore: a table, a nullable column, a function with a new
 *       name. Then {@code usableFrom} stays the same.
 *   <li>Remove what is no longer used one release later.
 * </ol>
 */
final class SharedSchema {

  private static final Logger log = LoggerFactory.getLogger(SharedSchema.class);

  /**
   * An upgrade to the next version.
   *
   * @param usableFrom the lowest version that a server must know to use the store after this step
   * @param statements the statements, in order
   */
  record Step(int usableFrom, List<String> statements) {}

  private static final List<Step> STEPS =
      List.of(
          new Step(1, joined(LogTables.VERSION_1, FactTables.VERSION_1, ClusterTables.VERSION_1)));

  /** The schema of this version of the server. */
  static final SharedSchema CURRENT = new SharedSchema(STEPS);

  /** Locks the schema against other servers; the key is {@code chat} in ASCII. */
  private static final String LOCK = "SELECT pg_advisory_xact_lock(" + 0x63686174 + ")";

  private static final int OLDEST_POSTGRESQL = 15;

  private static final String VERSION_TABLE =
      """
      CREATE TABLE schema_version (
        version integer NOT NULL,
        usable_from integer NOT NULL)
      """;

  private final List<Step> steps;

  SharedSchema(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  /** The current steps. For tests. */
  static List<Step> steps() {
    return STEPS;
  }

  private static List<String> joined(List<?>... parts) {
    List<String> all = new ArrayList<>();
    for (List<?> part : parts) {
      part.forEach(statement -> all.add((String) statement));
    }
    return List.copyOf(all);
  }

  /**
   * Creates the tables, or upgrades them to this version.
   *
   * @throws IOException if this server cannot use it; the message is one sentence for people
   */
  void prepare(Connection connection, StoreAddress address) throws SQLException, IOException {
    prepare(connection, address, true);
  }

  /** Upgrades the tables of an existing store to this version; creates none. */
  void upgrade(Connection connection, StoreAddress address) throws SQLException, IOException {
    prepare(connection, address, false);
  }

  private void prepare(Connection connection, StoreAddress address, boolean create)
      throws SQLException, IOException {
    connection.setAutoCommit(false);
    try {
      requireUsable(connection, address);
      int first = -1;
      boolean more = true;
      while (more) {
        run(connection, LOCK);
        int version = version(connection, address);
        if (version == 0 && !create) {
          throw noStore(address);
        }
        first = first < 0 ? version : first;
        more = version < steps.size();
        if (more) {
          apply(connection, version);
        }
        connection.commit();
      }
      if (first < steps.size()) {
        log.info("upgraded {} from version {} to {}", address, first, steps.size());
      }
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  /**
   * Checks that the store has this version, and changes nothing.
   *
   * @throws IOException if it does not; the message is one sentence for people
   */
  void require(Connection connection, StoreAddress address) throws SQLException, IOException {
    requireUsable(connection, address);
    int version = version(connection, address);
    if (version == 0) {
      throw noStore(address);
    } else if (version < steps.size()) {
      throw new IOException(
          ("%s is of version %d, and this chat-server reads version %d; start it once as a server"
                  + " on this database to upgrade it, or use the older chat-server")
              .formatted(address, version, steps.size()));
    }
  }

  private static IOException noStore(StoreAddress address) {
    return new IOException(
        address
            + " has no chat in it; expected the database of a server's --store, where the server"
            + " creates its tables when it starts");
  }

  private static void requireUsable(Connection connection, StoreAddress address)
      throws SQLException, IOException {
    requireVersion(
        address,
        Integer.parseInt(shown(connection, "server_version_num")),
        shown(connection, "server_version"));
    String encoding = shown(connection, "server_encoding");
    if (!"UTF8".equals(encoding)) {
      throw new IOException(
          "%s has the encoding %s, expected UTF8; create another database with: %s"
              .formatted(address, encoding, address.createdb("NAME")));
    }
  }

  static void requireVersion(StoreAddress address, int number, String version) throws IOException {
    if (number < OLDEST_POSTGRESQL * 10_000) {
      throw new IOException(
          "%s runs on PostgreSQL %s, expected %d or newer; see pg_upgrade"
              .formatted(address, version, OLDEST_POSTGRESQL));
    }
  }

  private static String shown(Connection connection, String setting) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW " + setting)) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }

  private void apply(Connection connection, int version) throws SQLException {
    Step step = steps.get(version);
    if (version == 0) {
      run(connection, VERSION_TABLE);
      run(connection, "INSERT INTO schema_version (version, usable_from) VALUES (0, 0)");
    }
    for (String statement : step.statements) {
      run(connection, statement);
    }
    run(
        connection,
        "UPDATE schema_version SET version = %d, usable_from = %d"
            .formatted(version + 1, step.usableFrom));
  }

  /** Reads the version of the store; 0 if there is none yet. */
  private int version(Connection connection, StoreAddress address)
      throws SQLException, IOException {
    if (!exists(connection, "schema_version")) {
      if (exists(connection, "message") || exists(connection, "room")) {
        throw new IOException(
            address
                + " contains the tables of another program; choose another database with --store,"
                + " created with: "
                + address.createdb("NAME"));
      }
      return 0;
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT version, usable_from FROM schema_version")) {
      if (!row.next()) {
        throw new SQLException("the table schema_version is empty");
      }
      int usableFrom = row.getInt(2);
      if (usableFrom > steps.size()) {
        throw new IOException(
            ("%s is of version %d, which needs a chat-server that knows version %d, and this one"
                    + " knows versions up to %d; start a newer chat-server")
                .formatted(address, row.getInt(1), usableFrom, steps.size()));
      }
      return row.getInt(1);
    }
  }

  private static boolean exists(Connection connection, String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT to_regclass('" + table + "') IS NOT NULL")) {
      return row.next() && row.getBoolean(1);
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
