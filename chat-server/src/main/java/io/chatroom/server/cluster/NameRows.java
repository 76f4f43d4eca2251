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
 * The rows of one server in the table of names that guests have. A name has one row, with the
 * client that has it and all servers on which it does. What is on a server that is not there any
 * more is on none.
 */
final class NameRows {

  /** Of two clients that ask for a name at once, the one whose row is there first has it. */
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

  private static final String GIVE_BACK_THE_LAST =
      "DELETE FROM name_in_use WHERE servers = ARRAY[?::bytea] AND ";

  private static final String GIVE_BACK =
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
   * @param server of this run of this server
   */
  NameRows(byte[] server) {
    this.server = server.clone();
  }

  /**
   * Takes names for this server.
   *
   * @param names with the client of each
   * @return those that it has now; another client has the others on another server
   */
  Set<String> take(Connection connection, Map<String, String> names) throws SQLException {
    Set<String> taken = new HashSet<>();
    try (PreparedStatement take = connection.prepareStatement(TAKE)) {
      Map<String, String> sorted = new TreeMap<>(names);
      take.setBytes(1, server);
      take.setArray(
          2, connection.createArrayOf("text", sorted.keySet().stream().map(Nul::hide).toArray()));
      take.setArray(3, connection.createArrayOf("text", sorted.values().toArray()));
      try (ResultSet rows = take.executeQuery()) {
        while (rows.next()) {
          taken.add(Nul.show(rows.getString(1)));
        }
      }
    }
    return taken;
  }

  /** Nobody has these on this server any more. */
  void giveBack(Connection connection, Collection<String> names) throws SQLException {
    giveBack(connection, names, THESE);
  }

  /** The same of all but these. */
  void keepOnly(Connection connection, Collection<String> names) throws SQLException {
    giveBack(connection, names, ALL_BUT_THESE);
  }

  private void giveBack(Connection connection, Collection<String> names, String which)
      throws SQLException {
    Object[] keys = names.stream().map(Nul::hide).toArray();
    try (PreparedStatement last = connection.prepareStatement(GIVE_BACK_THE_LAST + which)) {
      last.setBytes(1, server);
      last.setArray(2, connection.createArrayOf("text", keys));
      last.executeUpdate();
    }
    try (PreparedStatement some = connection.prepareStatement(GIVE_BACK + which)) {
      some.setBytes(1, server);
      some.setBytes(2, server);
      some.setArray(3, connection.createArrayOf("text", keys));
      some.executeUpdate();
    }
  }

  /** Removes what only servers had that are there no more. */
  void clean(Connection connection) throws SQLException {
    try (PreparedStatement clean = connection.prepareStatement(CLEAN)) {
      clean.executeUpdate();
    }
  }
}
