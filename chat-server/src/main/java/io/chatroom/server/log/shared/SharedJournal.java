package io.chatroom.server.log.shared;

import io.chatroom.server.log.Journal;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.sql.MessageRow;
import java.io.IOException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Reads a shared store by the store-wide numbers of its messages, over a connection of its own. A
 * number may appear later than a higher one, see {@link LogTables}.
 */
public final class SharedJournal implements Journal {

  /** The number of rows to fetch at once; each may be large. */
  private static final int FETCH = 100;

  /** The columns of a message, followed by its number and the name of its room. */
  private static final String LINE =
      """
      SELECT seq, message.at, author, text, client, message.id, reply, kind, target, owned,
        message.n, room.name
      FROM message JOIN room ON room.id = message.room
      """;

  private static final int N = 11;
  private static final int ROOM = 12;

  /** A query. */
  @FunctionalInterface
  private interface Query<T> {

    T run() throws SQLException;
  }

  private final SharedDatabase database;
  private final Connection connection;

  private SharedJournal(SharedDatabase database, Connection connection) {
    this.database = database;
    this.connection = connection;
  }

  /**
   * Opens a journal.
   *
   * @throws IOException if it cannot be read; the message is one sentence for people
   */
  public static Journal open(SharedDatabase database) throws IOException {
    try {
      Connection connection = database.take();
      try {
        connection.setAutoCommit(false);
        return new SharedJournal(database, connection);
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  /** Queries in a transaction of its own, and ends it: an open one would delay vacuuming. */
  private <T> T query(Query<T> query) throws IOException {
    try {
      T answer = query.run();
      connection.rollback();
      return answer;
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  @Override
  public String name() throws IOException {
    return query(
        () -> {
          try (PreparedStatement store = connection.prepareStatement("SELECT name FROM store");
              ResultSet row = store.executeQuery()) {
            row.next();
            return row.getString(1);
          }
        });
  }

  @Override
  public long newest() throws IOException {
    return query(() -> number(connection.prepareStatement("SELECT max(n) FROM message")));
  }

  private static long number(PreparedStatement prepared) throws SQLException {
    try (PreparedStatement statement = prepared;
        ResultSet row = statement.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  @Override
  public List<Line> after(long n, int limit) throws IOException {
    return query(
        () -> {
          try (PreparedStatement after =
              connection.prepareStatement(
                  LINE + "WHERE message.n > ? ORDER BY message.n LIMIT ?")) {
            after.setLong(1, n);
            after.setInt(2, limit);
            after.setFetchSize(FETCH);
            return lines(after);
          }
        });
  }

  private static List<Line> lines(PreparedStatement statement) throws SQLException {
    List<Line> lines = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      long bytes = 0;
      while (bytes < RoomLog.READ_BYTES && rows.next()) {
        Line line = line(rows);
        lines.add(line);
        bytes += line.message().length() + MessageRow.MESSAGE_BYTES;
      }
    }
    return lines;
  }

  private static Line line(ResultSet row) throws SQLException {
    Message message = MessageRow.message(row, 1, Nul::unescape);
    return new Line(row.getLong(N), row.getString(ROOM), message);
  }

  @Override
  public List<Line> at(List<Long> ns) throws IOException {
    return query(
        () -> {
          List<Line> lines = new ArrayList<>();
          try (PreparedStatement at =
              connection.prepareStatement(LINE + "WHERE message.n = ANY (?)")) {
            Array numbers = connection.createArrayOf("bigint", ns.toArray());
            at.setArray(1, numbers);
            try (ResultSet rows = at.executeQuery()) {
              while (rows.next()) {
                lines.add(line(rows));
              }
            }
          }
          return lines;
        });
  }

  @Override
  public long numberFrom(String room, long seq) throws IOException {
    return query(
        () -> {
          PreparedStatement number =
              connection.prepareStatement(
                  "SELECT n FROM message WHERE room = (SELECT id FROM room WHERE name = ?)"
                      + " AND seq >= ? ORDER BY seq LIMIT 1");
          number.setString(1, room);
          number.setLong(2, seq);
          return number(number);
        });
  }

  @Override
  public Map<String, Long> forgotten() throws IOException {
    return query(() -> forgotten(connection.prepareStatement("SELECT name, forgotten FROM room")));
  }

  @Override
  public Map<String, Long> forgotten(Collection<String> rooms) throws IOException {
    return query(
        () -> {
          PreparedStatement some =
              connection.prepareStatement("SELECT name, forgotten FROM room WHERE name = ANY (?)");
          some.setArray(1, connection.createArrayOf("text", rooms.toArray()));
          return forgotten(some);
        });
  }

  private static Map<String, Long> forgotten(PreparedStatement prepared) throws SQLException {
    Map<String, Long> rooms = new HashMap<>();
    try (PreparedStatement statement = prepared;
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        rooms.put(Objects.requireNonNull(row.getString(1)), row.getLong(2));
      }
    }
    return rooms;
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }
}
