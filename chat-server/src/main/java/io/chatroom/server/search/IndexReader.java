package io.chatroom.server.search;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Queries an index. For one thread at a time. */
final class IndexReader implements AutoCloseable {

  private final Connection connection;
  private final PreparedStatement find;
  private final PreparedStatement walk;
  private final PreparedStatement room;
  private final PreparedStatement first;
  private final PreparedStatement last;

  IndexReader(IndexFile file) throws SQLException {
    connection = file.openToRead();
    try {
      find =
          connection.prepareStatement(
              "SELECT line.n, line.room FROM words CROSS JOIN line ON line.n = words.rowid"
                  + " WHERE words MATCH ? AND words.rowid < ? AND words.rowid >= ?"
                  + " ORDER BY words.rowid DESC LIMIT ?");
      walk =
          connection.prepareStatement(
              "SELECT n, room FROM line WHERE n < ? AND n >= ? ORDER BY n DESC LIMIT ?");
      room = connection.prepareStatement("SELECT id FROM room WHERE name = ?");
      first = connection.prepareStatement("SELECT min(first) FROM day WHERE day >= ?");
      last = connection.prepareStatement("SELECT max(last) FROM day WHERE day <= ?");
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** The numbers of some rooms, without those that the index does not know. */
  Set<Long> rooms(Set<String> names) throws SQLException {
    Set<Long> ids = new HashSet<>();
    for (String name : names) {
      room.setString(1, name);
      try (ResultSet row = room.executeQuery()) {
        if (row.next()) {
          ids.add(row.getLong(1));
        }
      }
    }
    return ids;
  }

  /**
   * Finds the newest matches.
   *
   * @param match the query of {@link Match}; empty for all
   * @param below the exclusive upper bound of their numbers
   * @param from the lower bound of their numbers
   * @param limit the most matches
   * @return the newest first
   */
  List<Candidate> find(String match, long below, long from, int limit) throws SQLException {
    boolean all = match.isEmpty();
    PreparedStatement statement = all ? walk : find;
    int next = 1;
    if (!all) {
      statement.setString(next++, match);
    }
    statement.setLong(next++, below);
    statement.setLong(next++, from);
    statement.setInt(next, limit);
    List<Candidate> found = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        found.add(new Candidate(rows.getLong(1), rows.getLong(2)));
      }
    }
    return found;
  }

  /** A lower bound for the numbers of messages from a time on. */
  long firstSince(long millis) throws SQLException {
    if (millis == Long.MIN_VALUE) {
      return 0;
    }
    return number(first, millis, Long.MAX_VALUE);
  }

  /** An upper bound, exclusive, for the numbers of messages before a time. */
  long endBefore(long millis) throws SQLException {
    if (millis == Long.MAX_VALUE) {
      return millis;
    }
    return number(last, millis - 1, -1) + 1;
  }

  private static long number(PreparedStatement statement, long millis, long none)
      throws SQLException {
    statement.setLong(1, Math.floorDiv(millis, IndexWriter.DAY_MILLIS));
    try (ResultSet row = statement.executeQuery()) {
      row.next();
      long number = row.getLong(1);
      return row.wasNull() ? none : number;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
