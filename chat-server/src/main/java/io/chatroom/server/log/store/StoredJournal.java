package io.chatroom.server.log.store;

import io.chatroom.server.log.Journal;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.sql.MessageRow;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a store in the order of storing, over its own connection. */
final class StoredJournal implements Journal {

  private final Sqlite database;
  private final Connection connection;
  private final PreparedStatement store;
  private final PreparedStatement newest;
  private final PreparedStatement after;
  private final PreparedStatement at;
  private final PreparedStatement number;
  private final PreparedStatement forgotten;

  private StoredJournal(Sqlite database, Connection connection) throws SQLException {
    this.database = database;
    this.connection = connection;
    this.store = connection.prepareStatement(Sql.STORE);
    this.newest = connection.prepareStatement(Sql.NEWEST_N);
    this.after = connection.prepareStatement(Sql.LINES_AFTER);
    this.at = connection.prepareStatement(Sql.LINE_AT);
    this.number = connection.prepareStatement(Sql.NUMBER_FROM);
    this.forgotten = connection.prepareStatement(Sql.FORGOTTEN);
  }

  /**
   * Opens the journal.
   *
   * @throws IOException if it cannot be read; the message is one sentence for people
   */
  static StoredJournal open(Sqlite database) throws IOException {
    try {
      Connection connection = database.openToRead();
      try {
        return new StoredJournal(database, connection);
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  @Override
  public String name() throws IOException {
    try (ResultSet row = store.executeQuery()) {
      row.next();
      return row.getString(1);
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  @Override
  public long newest() throws IOException {
    try (ResultSet known = store.executeQuery();
        ResultSet kept = newest.executeQuery()) {
      known.next();
      kept.next();
      return Math.max(known.getLong(2), kept.getLong(1));
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  @Override
  public List<Line> after(long n, int limit) throws IOException {
    try {
      after.setLong(1, n);
      after.setInt(2, limit);
      List<Line> lines = new ArrayList<>();
      try (ResultSet rows = after.executeQuery()) {
        long bytes = 0;
        while (bytes < RoomLog.READ_BYTES && rows.next()) {
          Line line = line(rows);
          lines.add(line);
          bytes += line.message().length() + MessageRow.MESSAGE_BYTES;
        }
      }
      return lines;
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  @Override
  public List<Line> at(List<Long> ns) throws IOException {
    List<Line> lines = new ArrayList<>();
    try {
      for (long n : ns) {
        at.setLong(1, n);
        try (ResultSet row = at.executeQuery()) {
          if (row.next()) {
            lines.add(line(row));
          }
        }
      }
      return lines;
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  private static Line line(ResultSet row) throws SQLException {
    Message message = MessageRow.message(row);
    return new Line(row.getLong(11), row.getString(12), message);
  }

  @Override
  public long numberFrom(String room, long seq) throws IOException {
    try {
      number.setString(1, room);
      number.setLong(2, seq);
      try (ResultSet row = number.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  @Override
  public Map<String, Long> forgotten() throws IOException {
    Map<String, Long> rooms = new HashMap<>();
    try (ResultSet row = forgotten.executeQuery()) {
      while (row.next()) {
        rooms.put(row.getString(1), row.getLong(2));
      }
      return rooms;
    } catch (SQLException e) {
      throw database.unusable(e);
    }
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
