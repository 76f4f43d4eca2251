package io.chatroom.server.log.store;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.sql.MessageRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads the messages of a room, over its own connection. For one thread at a time. */
final class PageReader implements AutoCloseable {

  private final Connection connection;
  private final PreparedStatement read;

  PageReader(Connection connection) throws SQLException {
    this.connection = connection;
    this.read = connection.prepareStatement(MessageRow.READ);
  }

  /**
   * Reads messages of a room, in order, and not many more than {@link RoomLog#READ_BYTES}.
   *
   * @param from the sequence number of the first
   * @param to the sequence number of the last
   * @param limit maximum number of messages
   */
  List<Message> read(long room, long from, long to, int limit) throws SQLException {
    List<Message> messages = new ArrayList<>();
    read.setLong(1, room);
    read.setLong(2, from);
    read.setLong(3, to);
    read.setInt(4, limit);
    try (ResultSet rows = read.executeQuery()) {
      long bytes = 0;
      while (bytes < RoomLog.READ_BYTES && rows.next()) {
        Message message = MessageRow.message(rows);
        messages.add(message);
        bytes += message.length() + MessageRow.MESSAGE_BYTES;
      }
    }
    return messages;
  }

  /**
   * Reads facts of one kind.
   *
   * @param after only those with a greater key
   * @param limit maximum number of facts
   */
  List<Fact> facts(String kind, String after, int limit) throws SQLException {
    List<Fact> found = new ArrayList<>();
    try (PreparedStatement facts = connection.prepareStatement(Sql.FACTS)) {
      facts.setString(1, kind);
      facts.setString(2, after);
      facts.setInt(3, limit);
      try (ResultSet row = facts.executeQuery()) {
        while (row.next()) {
          found.add(new Fact(kind, row.getString(1), row.getString(2)));
        }
      }
    }
    return found;
  }

  /** The time of the oldest message of all rooms; 0 if there is none. */
  long oldestMillis() throws SQLException {
    try (PreparedStatement oldest = connection.prepareStatement(Sql.OLDEST_AT);
        ResultSet row = oldest.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
