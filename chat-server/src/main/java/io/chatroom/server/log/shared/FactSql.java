package io.chatroom.server.log.shared;

import io.chatroom.server.facts.Fact;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The SQL of facts. Each kind has a version that grows by one with each transaction that changes
 * facts of the kind, and each fact has the version of its last change. A server that knows a kind
 * up to some version reads the facts with greater versions. A transaction locks the kinds that it
 * changes, ordered by name, so versions follow the order of commits. A deleted fact stays for a
 * while as a row without a value, so that all servers learn of the deletion.
 */
final class FactSql {

  /** A fact with the version of its kind that last changed it. */
  record Versioned(Fact fact, long version) {}

  /** The rows of deleted facts are kept for this time. */
  static final String DELETIONS_KEPT = "7 days";

  private static final int CLEAN_LIMIT = 10_000;

  /** Work in a transaction, which it must commit. */
  @FunctionalInterface
  interface Work {
    void run() throws SQLException;
  }

  private FactSql() {}

  /** Does work in a transaction, and rolls it back if it fails. */
  static void inTransaction(Connection connection, Work work) throws SQLException {
    connection.setAutoCommit(false);
    try {
      work.run();
    } catch (SQLException e) {
      try {
        connection.rollback();
      } catch (SQLException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
    connection.setAutoCommit(true);
  }

  static List<Fact> read(Connection connection, String kind, String after, int limit)
      throws SQLException {
    String sql =
        """
        SELECT key, value FROM fact
        WHERE kind = ? AND key > ? AND value IS NOT NULL ORDER BY key LIMIT ?
        """;
    List<Fact> facts = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, kind);
      statement.setString(2, Nul.escape(after));
      statement.setInt(3, limit);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          facts.add(
              new Fact(kind, Nul.unescape(rows.getString(1)), Nul.unescape(rows.getString(2))));
        }
      }
    }
    return facts;
  }

  /** Reads the versions of kinds; kinds that never had a fact are missing. */
  static Map<String, Long> versions(Connection connection, Collection<String> kinds)
      throws SQLException {
    return versions(connection, "SELECT kind, version FROM fact_kind WHERE kind = ANY(?)", kinds);
  }

  /** Reads the versions up to which the rows of deleted facts may have been removed. */
  static Map<String, Long> cleaned(Connection connection, Collection<String> kinds)
      throws SQLException {
    return versions(connection, "SELECT kind, cleaned FROM fact_kind WHERE kind = ANY(?)", kinds);
  }

  /** Locks kinds until the transaction ends, and returns the versions of all of them. */
  static Map<String, Long> lock(Connection connection, Collection<String> kinds)
      throws SQLException {
    String missing =
        """
        INSERT INTO fact_kind (kind, version)
        SELECT k, 0 FROM unnest(?) AS k WHERE NOT EXISTS (SELECT FROM fact_kind WHERE kind = k)
        ORDER BY k ON CONFLICT DO NOTHING
        """;
    try (PreparedStatement statement = connection.prepareStatement(missing)) {
      statement.setArray(1, connection.createArrayOf("text", kinds.toArray()));
      statement.executeUpdate();
    }
    return versions(
        connection,
        """
        SELECT kind, version FROM fact_kind WHERE kind = ANY(?)
        ORDER BY kind COLLATE "C" FOR NO KEY UPDATE
        """,
        kinds);
  }

  private static Map<String, Long> versions(
      Connection connection, String sql, Collection<String> kinds) throws SQLException {
    Map<String, Long> versions = new LinkedHashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("text", kinds.toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          versions.put(rows.getString(1), rows.getLong(2));
        }
      }
    }
    return versions;
  }

  /**
   * Reads the changes of some kinds, in order.
   *
   * @param behind the version of each kind after which changes are read
   */
  static Map<String, List<Versioned>> changes(Connection connection, Map<String, Long> behind)
      throws SQLException {
    String sql =
        """
        SELECT f.kind, f.key, f.value, f.version
        FROM unnest(?, ?) AS k(kind, version)
        JOIN fact f ON f.kind = k.kind AND f.version > k.version
        ORDER BY f.version, f.key
        """;
    Map<String, List<Versioned>> changes = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("text", behind.keySet().toArray()));
      statement.setArray(2, connection.createArrayOf("bigint", behind.values().toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String kind = rows.getString(1);
          String value = rows.getString(3);
          Fact fact =
              new Fact(
                  kind,
                  Nul.unescape(rows.getString(2)),
                  value == null ? null : Nul.unescape(value));
          changes
              .computeIfAbsent(kind, first -> new ArrayList<>())
              .add(new Versioned(fact, rows.getLong(4)));
        }
      }
    }
    return changes;
  }

  /** Reads the facts of a kind that changed after a version, and those with some keys. */
  static List<Versioned> changes(
      Connection connection, String kind, long behind, Collection<String> keys)
      throws SQLException {
    String sql =
        """
        SELECT key, value, version FROM fact
        WHERE kind = ? AND (version > ? OR key = ANY(?)) ORDER BY version, key
        """;
    List<Versioned> changes = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, kind);
      statement.setLong(2, behind);
      statement.setArray(
          3, connection.createArrayOf("text", keys.stream().map(Nul::escape).toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String value = rows.getString(2);
          Fact fact =
              new Fact(
                  kind,
                  Nul.unescape(rows.getString(1)),
                  value == null ? null : Nul.unescape(value));
          changes.add(new Versioned(fact, rows.getLong(3)));
        }
      }
    }
    return changes;
  }

  /** The WAL timeline of the database; it changes when a standby is promoted. */
  static String timeline(Connection connection) throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement("SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)");
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getString(1);
    }
  }

  /** Writes facts of locked kinds; of two with the same key, the later one wins. */
  static void write(Connection connection, Collection<Fact> facts, Map<String, Long> versions)
      throws SQLException {
    String sql =
        """
        INSERT INTO fact (kind, key, value, version, gone)
        SELECT f.kind, f.key, f.value, f.version, CASE WHEN f.value IS NULL THEN now() END
        FROM unnest(?, ?, ?, ?) AS f(kind, key, value, version)
        ON CONFLICT (kind, key) DO UPDATE
        SET value = excluded.value, version = excluded.version, gone = excluded.gone
        """;
    Map<List<String>, Fact> last = new LinkedHashMap<>();
    facts.forEach(fact -> last.put(List.of(fact.kind(), fact.key()), fact));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      List<Fact> all = List.copyOf(last.values());
      statement.setArray(
          1, connection.createArrayOf("text", all.stream().map(Fact::kind).toArray()));
      statement.setArray(
          2,
          connection.createArrayOf(
              "text", all.stream().map(one -> Nul.escape(one.key())).toArray()));
      statement.setArray(
          3,
          connection.createArrayOf(
              "text", all.stream().map(one -> Nul.escapeOrNull(one.value())).toArray()));
      statement.setArray(
          4,
          connection.createArrayOf(
              "bigint", all.stream().map(one -> versions.get(one.kind())).toArray()));
      statement.executeUpdate();
    }
    String bump =
        """
        UPDATE fact_kind SET version = k.version
        FROM unnest(?, ?) AS k(kind, version) WHERE fact_kind.kind = k.kind
        """;
    try (PreparedStatement statement = connection.prepareStatement(bump)) {
      statement.setArray(1, connection.createArrayOf("text", versions.keySet().toArray()));
      statement.setArray(2, connection.createArrayOf("bigint", versions.values().toArray()));
      statement.executeUpdate();
    }
  }

  /** Removes the rows of facts that were deleted long ago. */
  static void clean(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT kind FROM fact_kind ORDER BY kind COLLATE \"C\" FOR UPDATE")) {
      statement.executeQuery().close();
    }
    String sql =
        """
        WITH old AS (
          DELETE FROM fact WHERE (kind, key) IN (
            SELECT kind, key FROM fact WHERE gone < now() - interval '%s' LIMIT %d)
          RETURNING kind, version)
        UPDATE fact_kind SET cleaned = greatest(cleaned, o.version)
        FROM (SELECT kind, max(version) AS version FROM old GROUP BY kind) AS o
        WHERE fact_kind.kind = o.kind
        """
            .formatted(DELETIONS_KEPT, CLEAN_LIMIT);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.executeUpdate();
    }
  }

  /** Notifies all servers of a change. A notification is not durable. */
  static void notifyServers(Connection connection, String channel) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT pg_notify(?, '')")) {
      statement.setString(1, channel);
      statement.executeQuery().close();
    }
  }
}
