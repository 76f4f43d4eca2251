package io.chatroom.server.log.shared;

import io.chatroom.server.log.sql.RandomName;
import io.chatroom.server.log.sql.StoreCount;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An operator's commands on a shared store that PostgreSQL has no tools for. */
public final class SharedTools {

  private static final int MAX_FAULTS = 20;

  /** A server that was not seen for longer is taken to be gone. */
  private static final int SEEN_SECONDS = 15;

  private SharedTools() {}

  /**
   * The result of a check.
   *
   * @param faults one sentence each; empty if the store is sound
   */
  public record Found(StoreCount count, List<String> faults) {}

  /**
   * Counts the content and checks that rooms have no gaps, even while servers run.
   *
   * @throws IOException if it cannot be read; the message is one sentence for people
   */
  public static Found check(StoreAddress address) throws IOException {
    try (SharedDatabase database = SharedDatabase.openToRead(address)) {
      return inTransaction(
          database,
          connection -> {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            return new Found(count(connection), faults(connection));
          });
    }
  }

  /**
   * Gives all rooms new epochs, so that clients notice that the store was restored from a backup
   * that lacks messages that they have received.
   *
   * @return the number of rooms
   * @throws IOException if that fails, or a server is using it; the message is one sentence for
   *     people
   */
  public static long renewEpochs(StoreAddress address) throws IOException {
    try (SharedDatabase database = SharedDatabase.openExisting(address)) {
      return inTransaction(
          database,
          connection -> {
            lockAll(database, connection);
            try (Statement statement = connection.createStatement()) {
              long rooms =
                  statement.executeLargeUpdate(
                      "UPDATE room SET epoch = replace(gen_random_uuid()::text, '-', '')");
              statement.executeUpdate("DELETE FROM tail");
              try (PreparedStatement name =
                  connection.prepareStatement("UPDATE store SET name = ?")) {
                name.setString(1, RandomName.next());
                name.executeUpdate();
              }
              connection.commit();
              return rooms;
            }
          });
    }
  }

  /** Work in one transaction. */
  @FunctionalInterface
  interface Work<T> {

    T with(Connection connection) throws SQLException, IOException;
  }

  private static <T> T inTransaction(SharedDatabase database, Work<T> work) throws IOException {
    try (Connection connection = database.connectForLong()) {
      connection.setAutoCommit(false);
      return work.with(connection);
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  /**
   * Begins a transaction that locks all tables against changes by others.
   *
   * @throws IOException if a server is using the store; the message is one sentence for people
   */
  static void lockAll(SharedDatabase database, Connection connection)
      throws SQLException, IOException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLE store, room, message, tail, fact, fact_kind IN EXCLUSIVE MODE");
    } catch (SQLException e) {
      if (SharedTrouble.isBusy(e)) {
        throw inUse(database, e);
      }
      throw e;
    }
    if (number(
            connection,
            "SELECT count(*) FROM server WHERE seen > now() - interval '"
                + SEEN_SECONDS
                + " seconds'")
        > 0) {
      throw inUse(database, null);
    }
  }

  private static IOException inUse(SharedDatabase database, @Nullable SQLException cause) {
    return new IOException(
        database.shown()
            + " is in use by another chat-server, or was until a moment ago; stop all of them"
            + " first, and wait "
            + SEEN_SECONDS
            + " seconds",
        cause);
  }

  static StoreCount count(Connection connection) throws SQLException {
    return new StoreCount(
        number(connection, "SELECT count(*) FROM room WHERE newest > forgotten"),
        number(connection, "SELECT count(*) FROM message"),
        number(connection, "SELECT count(*) FROM fact WHERE value IS NOT NULL"));
  }

  /** Finds rooms that have a gap, or whose first or last seq is wrong. */
  static List<String> faults(Connection connection) throws SQLException {
    List<String> faults = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT room.name, room.forgotten, room.newest,
                  coalesce(kept.count, 0), kept.first, kept.last
                FROM room LEFT JOIN (
                  SELECT room, count(*) AS count, min(seq) AS first, max(seq) AS last
                  FROM message GROUP BY room) AS kept ON kept.room = room.id
                WHERE coalesce(kept.count, 0) <> room.newest - room.forgotten
                  OR kept.first <> room.forgotten + 1 OR kept.last <> room.newest
                LIMIT %d
                """
                    .formatted(MAX_FAULTS))) {
      while (row.next()) {
        faults.add(
            "room %s has a gap: %d messages from %d to %d, expected all from %d to %d"
                .formatted(
                    row.getString(1),
                    row.getLong(4),
                    row.getLong(5),
                    row.getLong(6),
                    row.getLong(2) + 1,
                    row.getLong(3)));
      }
    }
    long strays =
        number(
            connection,
            "SELECT count(*) FROM message WHERE NOT EXISTS"
                + " (SELECT FROM room WHERE room.id = message.room)");
    if (strays > 0) {
      faults.add(strays + " messages belong to no room");
    }
    return faults;
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
