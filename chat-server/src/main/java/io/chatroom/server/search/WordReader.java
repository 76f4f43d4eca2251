package io.chatroom.server.search;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Queries an index in PostgreSQL, within the transactions of its connection. */
final class WordReader {

  /** The timeout of a query. */
  static final int MOST_MILLIS = 2_000;

  /** PostgreSQL's code for a cancelled statement, also after a timeout. */
  private static final String CANCELED = "57014";

  /** Up to this many matches, all are fetched and sorted. */
  private static final int FEW = 5_000;

  /**
   * A message that may match.
   *
   * @param n its number in the journal
   * @param at its position in the order of the search
   */
  record Place(long n, long at) {}

  private final Connection connection;
  private final String query;
  private final Long[] rooms;
  private final Wanted wanted;
  private final long indexed;

  /** The column to order by: seq in one room, else the number in the journal. */
  private final String order;

  /**
   * @param query the query of {@link Lexemes}; empty for all
   * @param rooms the numbers of the rooms to search
   * @param indexed the highest number in the journal to include
   */
  WordReader(
      Connection connection, String query, Collection<Long> rooms, Wanted wanted, long indexed) {
    this.connection = connection;
    this.query = query;
    this.rooms = rooms.toArray(new Long[0]);
    this.wanted = wanted;
    this.indexed = indexed;
    this.order = wanted.inOneRoom() ? "seq" : "n";
  }

  /** The numbers of some rooms, without those that the index does not know. */
  static Map<String, Long> rooms(Connection connection, Set<String> names) throws SQLException {
    Map<String, Long> ids = new HashMap<>();
    try (PreparedStatement rooms =
        connection.prepareStatement("SELECT name, id FROM words_room WHERE name = ANY (?)")) {
      rooms.setArray(1, connection.createArrayOf("text", names.toArray()));
      try (ResultSet row = rooms.executeQuery()) {
        while (row.next()) {
          ids.put(row.getString(1), row.getLong(2));
        }
      }
    }
    return ids;
  }

  /**
   * All matches, found with the index over words. The planner must not choose another index: it
   * does not know how rare a word is, and would scan everything.
   *
   * @param below the exclusive upper bound of their positions
   * @return the newest first; null if there are too many, or it takes too long
   */
  @Nullable List<Place> few(long below) throws SQLException {
    if (query.isEmpty()) {
      return null;
    }
    set("enable_seqscan = off", "enable_indexscan = off", "enable_bitmapscan = on");
    try {
      String only = order + " + 0"; // excludes indexes other than that of words
      List<Place> found = find(only, "room + 0", below, 0, "LIMIT " + FEW);
      found.sort(Comparator.comparingLong(Place::at).reversed());
      return found.size() < FEW ? found : null;
    } catch (SQLException e) {
      if (!CANCELED.equals(e.getSQLState())) {
        throw e;
      }
      connection.rollback();
      return null;
    }
  }

  /** The position after the newest message below a bound. */
  long end(long below) throws SQLException {
    set("enable_seqscan = off");
    try (PreparedStatement newest =
        connection.prepareStatement(
            wanted.inOneRoom()
                ? "SELECT seq FROM words WHERE room = ANY (?) ORDER BY seq DESC LIMIT 1"
                : "SELECT n FROM words ORDER BY n DESC LIMIT 1")) {
      if (wanted.inOneRoom()) {
        newest.setArray(1, connection.createArrayOf("bigint", rooms));
      }
      try (ResultSet row = newest.executeQuery()) {
        return Math.min(below, row.next() ? row.getLong(1) + 1 : 0);
      }
    }
  }

  /**
   * The newest matches, found by scanning backwards, which suits frequent words.
   *
   * @param from the lower bound of their positions
   */
  List<Place> walk(long below, long from, int limit) throws SQLException {
    set("enable_seqscan = off", "enable_indexscan = on", "enable_bitmapscan = off");
    String rooms = wanted.inOneRoom() ? "room" : "room + 0"; // keeps the scan in its order
    return find(order, rooms, below, from, "ORDER BY " + order + " DESC LIMIT " + limit);
  }

  private void set(String... settings) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL statement_timeout = " + MOST_MILLIS);
      statement.execute("SET LOCAL max_parallel_workers_per_gather = 0"); // leaves cores to writers
      statement.execute("SET LOCAL jit = off"); // costs more than it saves
      for (String setting : settings) {
        statement.execute("SET LOCAL " + setting);
      }
    }
  }

  private List<Place> find(String by, String room, long below, long from, String end)
      throws SQLException {
    List<Place> found = new ArrayList<>();
    try (PreparedStatement find =
        connection.prepareStatement(
            ("SELECT n, %1$s FROM words WHERE %1$s < ? AND %1$s >= ? AND n + 0 <= ?"
                        + " AND at >= ? AND at < ? AND %2$s = ANY (?)")
                    .formatted(by, room)
                + (query.isEmpty() ? " " : " AND words @@ ?::tsquery ")
                + end)) {
      find.setLong(1, below);
      find.setLong(2, from);
      find.setLong(3, indexed);
      find.setLong(4, wanted.query().fromMillis());
      find.setLong(5, wanted.query().toMillis());
      find.setArray(6, connection.createArrayOf("bigint", rooms));
      if (!query.isEmpty()) {
        find.setString(7, query);
      }
      try (ResultSet rows = find.executeQuery()) {
        while (rows.next()) {
          found.add(new Place(rows.getLong(1), rows.getLong(2)));
        }
      }
    }
    return found;
  }
}
