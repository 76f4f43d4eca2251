package io.chatroom.server.cluster;

import io.chatroom.server.log.shared.Nul;
import io.chatroom.server.room.Company;
import io.chatroom.server.room.Elsewhere;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of one server in the tables of servers and presence, and reads those of the
 * others. All times are the database's.
 */
final class ServerRows {

  /**
   * The members of a room on another server.
   *
   * @param at when the row was written
   */
  record Row(Company company, String at) {}

  /** The changes on other servers. */
  static final class News {

    /** The running servers, with their numbers of members. */
    final Map<String, Integer> servers = new HashMap<>();

    /** By room and server, when the row of presence was written. */
    final Map<String, Map<String, String>> rooms = new HashMap<>();

    /** The total number of members. */
    int members() {
      return servers.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  private static final String BEAT = "UPDATE server SET seen = now(), members = ? WHERE id = ?";

  private static final String REGISTER =
      """
      INSERT INTO server (members, id, name, version, seen) VALUES (?, ?, ?, ?, now())
      ON CONFLICT DO NOTHING
      """;

  private static final String REMOVE_DEAD =
      "DELETE FROM server WHERE seen < now() - %s AND id <> ?";

  private static final String LEAVE = "DELETE FROM server WHERE id = ?";

  /** Removes empty rooms, once other servers have had time to read that they are empty. */
  private static final String CLEAN =
      "DELETE FROM presence WHERE server = ? AND count = 0 AND at < now() - interval '1 minute'";

  private static final String WRITE =
      """
      INSERT INTO presence (server, room, count, names, at) VALUES (?, ?, ?, ?, clock_timestamp())
      ON CONFLICT (server, room) DO UPDATE
      SET count = excluded.count, names = excluded.names, at = excluded.at
      """;

  /** Reads rows of the last seconds, as rows may become visible later than newer ones. */
  private static final String NEWS =
      """
      SELECT encode(s.id, 'hex'), s.members, p.room, p.at::text
      FROM server s
      LEFT JOIN presence p
        ON p.server = s.id AND p.at > now() - interval '5 seconds'
          AND (?::text[] IS NULL OR p.room = ANY(?))
      WHERE s.id <> ? AND s.seen > now() - %s
      """;

  /** The maximum number of rooms to name in the query; with more, news of all rooms are read. */
  private static final int NAMED = 1_000;

  private static final String READ =
      """
      SELECT p.room, encode(p.server, 'hex'), p.count, p.names, p.at::text
      FROM presence p WHERE p.room = ANY(?) AND p.server <> ?
      """;

  private static final String LIST =
      """
      SELECT p.room, sum(p.count) FROM presence p JOIN server s ON s.id = p.server
      WHERE s.id <> ? AND s.seen > now() - %s AND p.room > ? AND p.count > 0
      GROUP BY p.room ORDER BY p.room LIMIT ?
      """;

  private final byte[] id;
  private final String name;
  private final String version;
  private final String dead;

  /**
   * @param id the id of this run of the server
   * @param name shown to people who look at the tables
   * @param dead a server without a heartbeat for this time is taken to be gone
   */
  ServerRows(byte[] id, String name, String version, Duration dead) {
    this.id = id.clone();
    this.name = name;
    this.version = version;
    this.dead = "interval '%d milliseconds'".formatted(dead.toMillis());
  }

  /** The id of this server in hexadecimal, as in {@link News#servers}. */
  String id() {
    return HexFormat.of().formatHex(id);
  }

  /**
   * Writes a heartbeat.
   *
   * @return true if the server had no row, so that all its rows must be written again
   */
  boolean beat(Connection connection, int members) throws SQLException {
    try (PreparedStatement beat = connection.prepareStatement(BEAT)) {
      beat.setInt(1, members);
      beat.setBytes(2, id);
      if (beat.executeUpdate() == 1) {
        return false;
      }
    }
    try (PreparedStatement arrive = connection.prepareStatement(REGISTER)) {
      arrive.setInt(1, members);
      arrive.setBytes(2, id);
      arrive.setString(3, name);
      arrive.setString(4, version);
      arrive.executeUpdate();
    }
    return true;
  }

  /**
   * Removes obsolete rows.
   *
   * @param others true to remove servers that are gone, too
   */
  void clean(Connection connection, boolean others) throws SQLException {
    execute(connection, CLEAN);
    if (others) {
      execute(connection, REMOVE_DEAD.formatted(dead));
    }
  }

  /** Removes this server and the presence of its members. */
  void leave(Connection connection) throws SQLException {
    execute(connection, LEAVE);
  }

  private void execute(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setBytes(1, id);
      statement.executeUpdate();
    }
  }

  /** Writes the members of rooms on this server. */
  void write(Connection connection, Map<String, Company> rooms) throws SQLException {
    try (PreparedStatement write = connection.prepareStatement(WRITE)) {
      for (Map.Entry<String, Company> room : rooms.entrySet()) {
        Company company = room.getValue();
        write.setBytes(1, id);
        write.setString(2, room.getKey());
        write.setInt(3, company.count());
        write.setArray(4, texts(connection, company.names().stream().map(Nul::escape).toList()));
        write.addBatch();
      }
      write.executeBatch();
    }
  }

  /**
   * Reads the changes of the last seconds.
   *
   * @param rooms the rooms to read
   * @param skipDead true to leave out servers without a recent heartbeat
   */
  News news(Connection connection, Collection<String> rooms, boolean skipDead) throws SQLException {
    News news = new News();
    String within = skipDead ? dead : "interval '1 day'";
    try (PreparedStatement ask = connection.prepareStatement(NEWS.formatted(within))) {
      @Nullable Array some = rooms.size() > NAMED ? null : texts(connection, rooms);
      ask.setArray(1, some);
      ask.setArray(2, some);
      ask.setBytes(3, id);
      try (ResultSet rows = ask.executeQuery()) {
        while (rows.next()) {
          String server = rows.getString(1);
          news.servers.put(server, rows.getInt(2));
          String room = rows.getString(3);
          if (room != null) {
            news.rooms.computeIfAbsent(room, it -> new HashMap<>()).put(server, rows.getString(4));
          }
        }
      }
    }
    return news;
  }

  /** Reads the members of rooms on other servers, by room and server. */
  Map<String, Map<String, Row>> read(Connection connection, Collection<String> rooms)
      throws SQLException {
    Map<String, Map<String, Row>> read = new HashMap<>();
    rooms.forEach(room -> read.put(room, new HashMap<>()));
    try (PreparedStatement ask = connection.prepareStatement(READ)) {
      ask.setArray(1, texts(connection, rooms));
      ask.setBytes(2, id);
      try (ResultSet rows = ask.executeQuery()) {
        while (rows.next()) {
          Company company = new Company(rows.getInt(3), names(rows.getArray(4)));
          read.computeIfAbsent(rows.getString(1), it -> new HashMap<>())
              .put(rows.getString(2), new Row(company, rows.getString(5)));
        }
      }
    }
    return read;
  }

  /**
   * Lists rooms that have members on other servers, ordered by name.
   *
   * @param behind only rooms after this name
   */
  List<Elsewhere.Listed> list(Connection connection, String behind, int limit) throws SQLException {
    List<Elsewhere.Listed> listed = new ArrayList<>();
    try (PreparedStatement ask = connection.prepareStatement(LIST.formatted(dead))) {
      ask.setBytes(1, id);
      ask.setString(2, behind);
      ask.setInt(3, limit);
      try (ResultSet rows = ask.executeQuery()) {
        while (rows.next()) {
          listed.add(new Elsewhere.Listed(rows.getString(1), rows.getInt(2)));
        }
      }
    }
    return listed;
  }

  private static Array texts(Connection connection, Collection<String> texts) throws SQLException {
    return connection.createArrayOf("text", texts.toArray());
  }

  private static List<String> names(Array array) throws SQLException {
    return Arrays.stream((Object[]) array.getArray())
        .map(name -> Nul.unescape(String.valueOf(name)))
        .toList();
  }
}
