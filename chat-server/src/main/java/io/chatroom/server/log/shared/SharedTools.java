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

/** What an operator does to a shared store beside what PostgreSQL has tools for. */
public final class SharedTools {

  private static final int MOST_FAULTS = 20;

  /** A server that says nothing for so long is not there any more. */
  private static final int SEEN_SECONDS = 15;

  private SharedTools() {}

  /**
   * What was found.
   *
   * @param faults one sentence each; empty if it is sound
   */
  public record Found(StoreCount count, List<String> faults) {}

  /**
   * Counts what there is and looks whether rooms are whole, also while servers run.
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
   * Gives all rooms new epochs, so that clients take the store for another one: after it was
   * restored from a backup that is older than what they have heard.
   *
   * @return how many rooms there are
   * @throws IOException if that cannot be, or a server uses it; the message is one sentence for
   *     people
   */
  public static long renewEpochs(StoreAddress address) throws IOException {
    try (SharedDatabase database = SharedDatabase.openExisting(address)) {
      return inTransaction(
          database,
          connection -> {
            takeAll(database, connection);
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

  /** Something that is done in one transaction. */
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
   * Begins a transaction in which nobody else changes anything.
   *
   * @throws IOException if a server uses the store; the message is one sentence for people
   */
  static void takeAll(SharedDatabase database, Connection connection)
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

  /** Rooms whose numbers have a hole, or do not begin or end where they should. */
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
                    .formatted(MOST_FAULTS))) {
      while (row.next()) {
        faults.add(
            "the sequence numbers of room %s have a gap: %d messages from %d to %d, expected all from %d to %d"
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
      faults.add("messages that belong to no room: " + strays);
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
