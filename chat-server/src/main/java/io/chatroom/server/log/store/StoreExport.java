package io.chatroom.server.log.store;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.log.sql.ClientKey;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a whole store, even while a server writes it. */
public final class StoreExport {

  /** Receives the messages in order. */
  public interface Sink {

    /** Called with the next message. */
    void take(StoredMessage message) throws IOException;
  }

  private static final int PAGE = 1_000;

  /** Number of messages that are tried after a damaged page of the database. */
  private static final long LONGEST_SKIP = 1L << 40;

  private StoreExport() {}

  /**
   * Reads all messages, or those of one room, in the order of storing.
   *
   * @param data the data directory
   * @param room only this one; null for all
   * @throws IOException if it cannot be read; the message is one sentence for people
   */
  public static void read(Path data, @Nullable String room, Sink sink) throws IOException {
    Sqlite database = Sqlite.existing(data);
    try (Connection connection = database.openToRead()) {
      database.requireCurrent(connection);
      Map<Long, String> names = names(connection);
      if (room != null && !names.containsValue(room)) {
        throw new IOException("there is no room " + room + " in " + database.shown());
      }
      long n = 0;
      long last;
      do {
        last = n;
        n = page(connection, n, names, room, sink);
      } while (n > last);
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  /**
   * Reads the facts.
   *
   * @throws IOException if it cannot be read; the message is one sentence for people
   */
  public static List<Fact> facts(Path data) throws IOException {
    Sqlite database = Sqlite.existing(data);
    try (Connection connection = database.openToRead()) {
      database.requireCurrent(connection);
      return facts(connection);
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  static List<Fact> facts(Connection connection) throws SQLException {
    List<Fact> facts = new ArrayList<>();
    try (PreparedStatement all = connection.prepareStatement(Sql.ALL_FACTS);
        ResultSet row = all.executeQuery()) {
      while (row.next()) {
        facts.add(new Fact(row.getString(1), row.getString(2), row.getString(3)));
      }
    }
    return facts;
  }

  /** Reads what it can of a damaged store. Returns the number of unreadable places. */
  static int readDamaged(Connection connection, Sink sink) throws IOException {
    Map<Long, String> names;
    try {
      names = names(connection);
    } catch (SQLException e) {
      names = new HashMap<>();
    }
    String all = hasOwners(connection) ? Sql.ALL : Sql.ALL_OF_VERSION_1;
    int places = 0;
    long skip = 0;
    long n = 0;
    while (skip <= LONGEST_SKIP) {
      try {
        // One by one around the damage: a page that fails may have given some messages already.
        long next = skip == 0 ? n : n + skip;
        long read = pageOf(connection, all, next, skip == 0 ? PAGE : 1, names, null, sink);
        if (read == next && skip == 0) {
          return places;
        }
        if (read == next) {
          return places + 1;
        }
        n = read;
        places += skip == 0 ? 0 : 1;
        skip = 0;
      } catch (Damaged e) {
        n = Math.max(n, e.n);
        skip = skip == 0 ? 1 : 2 * skip;
      }
    }
    return places + 1;
  }

  /**
   * Returns true if a damaged store can have facts and owners, judging by its version; true if that
   * is unreadable.
   */
  private static boolean hasOwners(Connection connection) {
    try {
      return Sqlite.number(connection, "PRAGMA user_version") != 1;
    } catch (SQLException e) {
      return true;
    }
  }

  /** Thrown with the number up to which a page was readable. */
  private static final class Damaged extends Exception {

    private final long n;

    Damaged(long n, SQLException cause) {
      super(cause);
      this.n = n;
    }
  }

  static Map<Long, String> names(Connection connection) throws SQLException {
    Map<Long, String> names = new HashMap<>();
    try (PreparedStatement rooms = connection.prepareStatement(Sql.ROOM_NAMES);
        ResultSet row = rooms.executeQuery()) {
      while (row.next()) {
        names.put(row.getLong(1), row.getString(2));
      }
    }
    return names;
  }

  private static long page(
      Connection connection, long after, Map<Long, String> names, @Nullable String room, Sink sink)
      throws IOException, SQLException {
    try {
      return pageOf(connection, Sql.ALL, after, PAGE, names, room, sink);
    } catch (Damaged e) {
      throw (SQLException) e.getCause();
    }
  }

  private static long pageOf(
      Connection connection,
      String sql,
      long after,
      int limit,
      Map<Long, String> names,
      @Nullable String room,
      Sink sink)
      throws IOException, Damaged {
    long n = after;
    try (PreparedStatement all = connection.prepareStatement(sql)) {
      all.setLong(1, after);
      all.setInt(2, limit);
      try (ResultSet row = all.executeQuery()) {
        while (row.next()) {
          StoredMessage message = message(row, names);
          n = row.getLong(1);
          if (room == null || room.equals(message.room())) {
            sink.take(message);
          }
        }
      }
      return n;
    } catch (SQLException e) {
      throw new Damaged(n, e);
    }
  }

  private static StoredMessage message(ResultSet row, Map<Long, String> names) throws SQLException {
    long room = row.getLong(2);
    String name = names.get(room);
    byte[] client = row.getBytes(7);
    return new StoredMessage(
        name == null ? "room-" + room : name,
        row.getLong(3),
        row.getLong(4),
        row.getString(5),
        row.getString(6),
        client == null ? null : ClientKey.client(client),
        row.getString(8),
        row.getLong(9),
        row.getString(10),
        row.getString(11),
        row.getBoolean(12));
  }
}
