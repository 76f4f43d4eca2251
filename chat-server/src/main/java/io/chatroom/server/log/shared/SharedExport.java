package io.chatroom.server.log.shared;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.log.sql.CopiedMessage;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a consistent snapshot of a shared store, even while servers run. */
public final class SharedExport {

  private static final int FETCH = 1_000;

  /** Receives the messages one by one. */
  @FunctionalInterface
  public interface Sink {

    /**
     * Receives a message.
     *
     * @param room the name of its room
     */
    void take(String room, CopiedMessage message) throws IOException;
  }

  /** Receives the rows one by one. */
  @FunctionalInterface
  interface Row {

    void take(ResultSet row) throws SQLException, IOException;
  }

  private SharedExport() {}

  /**
   * Reads all messages, or those of one room, ordered by number.
   *
   * @param room the name of the room; null for all
   * @throws IOException if it cannot be read; the message is one sentence for people
   */
  public static void read(StoreAddress address, @Nullable String room, Sink sink)
      throws IOException {
    try (SharedDatabase database = SharedDatabase.openToRead(address)) {
      try (Connection connection = database.connectForLong()) {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        Map<Long, String> names = names(connection);
        if (room != null && !names.containsValue(room)) {
          throw new IOException("there is no room " + room + " in " + address);
        }
        each(
            connection,
            "SELECT " + CopiedMessage.COLUMNS + " FROM message ORDER BY n",
            row -> {
              String name = names.get(row.getLong(2));
              if (name != null && (room == null || room.equals(name))) {
                sink.take(name, CopiedMessage.of(row, Nul::unescape));
              }
            });
      } catch (SQLException e) {
        throw database.unusable(e);
      }
    }
  }

  private static Map<Long, String> names(Connection connection) throws SQLException, IOException {
    Map<Long, String> names = new HashMap<>();
    each(
        connection,
        "SELECT id, name FROM room",
        row -> names.put(row.getLong(1), row.getString(2)));
    return names;
  }

  /**
   * Reads facts.
   *
   * @param kind the kind of facts; null for all
   * @throws IOException if it cannot be read; the message is one sentence for people
   */
  public static List<Fact> facts(StoreAddress address, @Nullable String kind) throws IOException {
    try (SharedDatabase database = SharedDatabase.openToRead(address)) {
      try (Connection connection = database.connectForLong()) {
        connection.setAutoCommit(false);
        List<Fact> facts = facts(connection);
        return kind == null
            ? facts
            : facts.stream().filter(fact -> fact.kind().equals(kind)).toList();
      } catch (SQLException e) {
        throw database.unusable(e);
      }
    }
  }

  static List<Fact> facts(Connection connection) throws SQLException, IOException {
    List<Fact> facts = new ArrayList<>();
    each(
        connection,
        "SELECT kind, key, value FROM fact WHERE value IS NOT NULL ORDER BY kind COLLATE \"C\", key",
        row ->
            facts.add(
                new Fact(
                    row.getString(1),
                    Nul.unescape(row.getString(2)),
                    Nul.unescape(row.getString(3)))));
    return facts;
  }

  /** Passes on the rows of a query, fetched in pages, which needs a transaction. */
  static void each(Connection connection, String sql, Row taker) throws SQLException, IOException {
    try (PreparedStatement all = connection.prepareStatement(sql)) {
      all.setFetchSize(FETCH);
      try (ResultSet row = all.executeQuery()) {
        while (row.next()) {
          taker.take(row);
        }
      }
    }
  }
}
