package io.chatroom.server.cluster;

import io.chatroom.server.log.shared.Nul;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rows of one server in the table of guests' names. A name has one row, with the client that
 * holds it and the servers on which it does. Servers that are gone do not count.
 */
final class NameRows {

  /** If two clients request a name at once, the one whose row is inserted first gets it. */
  private static final String TAKE =
      """
      INSERT INTO name_in_use AS n (key, client, servers)
      SELECT asked.key, asked.client, ARRAY[?::bytea]
      FROM unnest(?, ?) AS asked(key, client) ORDER BY asked.key
      ON CONFLICT (key) DO UPDATE
      SET client = excluded.client,
        servers = CASE WHEN n.client = excluded.client
          THEN array_remove(n.servers, excluded.servers[1]) || excluded.servers
          ELSE excluded.servers END
      WHERE n.client = excluded.client OR NOT EXISTS (
        SELECT FROM server s WHERE s.id = ANY(n.servers) AND s.id <> excluded.servers[1])
      RETURNING n.key
      """;

  private static final String RELEASE_LAST =
      "DELETE FROM name_in_use WHERE servers = ARRAY[?::bytea] AND ";

  private static final String RELEASE =
      """
      UPDATE name_in_use SET servers = array_remove(servers, ?::bytea)
      WHERE ?::bytea = ANY(servers) AND\s""";

  private static final String THESE = "key = ANY(?)";
  private static final String ALL_BUT_THESE = "key <> ALL(?)";

  private static final String CLEAN =
      """
      DELETE FROM name_in_use n
      WHERE NOT EXISTS (SELECT FROM server s WHERE s.id = ANY(n.servers))
      """;

  private final byte[] server;

  /**
   * @param server the id of this run of the server
   */
  NameRows(byte[] server) {
    this.server = server.clone();
  }

  /**
   * Takes names for this server.
   *
   * @param names the names, with the client of each
   * @return the names that were taken; the others are held by other clients on other servers
   */
  Set<String> take(Connection connection, Map<String, String> names) throws SQLException {
    Set<String> taken = new HashSet<>();
    try (PreparedStatement take = connection.prepareStatement(TAKE)) {
      Map<String, String> sorted = new TreeMap<>(names);
      take.setBytes(1, server);
      take.setArray(
          2, connection.createArrayOf("text", sorted.keySet().stream().map(Nul::escape).toArray()));
      take.setArray(3, connection.createArrayOf("text", sorted.values().toArray()));
      try (ResultSet rows = take.executeQuery()) {
        while (rows.next()) {
          taken.add(Nul.unescape(rows.getString(1)));
        }
      }
    }
    return taken;
  }

  /** Releases names on this server. */
  void release(Connection connection, Collection<String> names) throws SQLException {
    release(connection, names, THESE);
  }

  /** Releases all other names on this server. */
  void keepOnly(Connection connection, Collection<String> names) throws SQLException {
    release(connection, names, ALL_BUT_THESE);
  }

  private void release(Connection connection, Collection<String> names, String which)
      throws SQLException {
    Object[] keys = names.stream().map(Nul::escape).toArray();
    try (PreparedStatement last = connection.prepareStatement(RELEASE_LAST + which)) {
      last.setBytes(1, server);
      last.setArray(2, connection.createArrayOf("text", keys));
      last.executeUpdate();
    }
    try (PreparedStatement some = connection.prepareStatement(RELEASE + which)) {
      some.setBytes(1, server);
      some.setBytes(2, server);
      some.setArray(3, connection.createArrayOf("text", keys));
      some.executeUpdate();
    }
  }

  /** Removes names that are held only on servers that are gone. */
  void clean(Connection connection) throws SQLException {
    try (PreparedStatement clean = connection.prepareStatement(CLEAN)) {
      clean.executeUpdate();
    }
  }
}
