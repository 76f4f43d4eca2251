package io.chatroom.server.log.shared;

import io.chatroom.server.log.KeptRoom;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.Slice;
import io.chatroom.server.log.shared.RoomSnapshot.Line;
import io.chatroom.server.log.shared.RoomSnapshot.Request;
import io.chatroom.server.log.sql.MessageRow;
import io.chatroom.server.log.sql.RandomName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Queries on rooms and messages. Rooms are looked up by name, as an id may belong to another room
 * after an older copy of the store was restored.
 */
final class RoomQuery {

  /** The maximum number of messages of one room in a query. */
  private static final int MAX_MESSAGES = 500;

  private static final String ROOM = "r.id, r.epoch, r.forgotten, r.newest, r.at, r.bytes, r.topic";

  private static final String LOAD =
      "SELECT s.name, s.generation, " + ROOM + " FROM store s LEFT JOIN room r ON r.name = ?";

  /** One row per message, or one row for a room with no message to read. */
  private static final String SNAPSHOTS =
      """
      SELECT w.name, %s,
        w.after <= r.forgotten OR w.at = 0 OR EXISTS (SELECT FROM message p
          WHERE p.room = r.id AND p.seq = w.after AND p.at = w.at),
        t.mark, t.seq, m.bytes, m.seq, m.at, m.author, m.text, m.client, m.id, m.reply, m.kind,
        m.target, m.owned
      FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
        AS w(name, after, at, up_to, bytes)
      JOIN room r ON r.name = w.name
      LEFT JOIN tail t ON t.server = ? AND t.room = r.id
      LEFT JOIN LATERAL (
        SELECT * FROM message
        WHERE room = r.id AND seq > w.after AND seq <= w.up_to
          AND seq <= greatest(w.after, r.forgotten) + %d
          AND (message.bytes <= w.bytes OR seq = greatest(w.after, r.forgotten) + 1)
        ORDER BY seq LIMIT %d) m ON true
      ORDER BY w.name, m.seq
      """
          .formatted(ROOM, MAX_MESSAGES, MAX_MESSAGES);

  /** Rooms whose stored state differs from what a server knows. */
  private static final String CHANGED =
      """
      SELECT w.name, coalesce(r.newest, 0)
      FROM unnest(?::text[], ?::bigint[], ?::text[], ?::bigint[])
        AS w(name, newest, epoch, forgotten)
      LEFT JOIN room r ON r.name = w.name
      WHERE (r.newest, r.epoch, r.forgotten) IS DISTINCT FROM (w.newest, w.epoch, w.forgotten)
        AND NOT (r.id IS NULL AND w.newest = 0)
      """;

  private static final String READ =
      "SELECT r.epoch, r.forgotten, m.* FROM room r LEFT JOIN LATERAL (SELECT "
          + MessageRow.COLUMNS
          + " FROM message WHERE room = r.id AND seq >= greatest(?, r.forgotten + 1) AND seq <= ?"
          + " ORDER BY seq LIMIT ?) m ON true WHERE r.name = ? ORDER BY m.seq";

  private static final String LIST =
      """
      SELECT name, newest, topic FROM room
      WHERE name > ? AND name NOT LIKE '@%' AND newest > forgotten ORDER BY name LIMIT ?
      """;

  private static final String RENEW = "UPDATE room SET epoch = ? WHERE name = ? AND epoch = ?";

  private static final String CREATE =
      "INSERT INTO room (name, epoch) VALUES (?, ?) ON CONFLICT (name) DO NOTHING";

  private RoomQuery() {}

  /** Loads a room, or creates the state of one that the store does not have. */
  static SharedRoom load(Connection connection, String name) throws SQLException {
    try (PreparedStatement load = connection.prepareStatement(LOAD)) {
      load.setString(1, name);
      try (ResultSet row = load.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("the table store is empty");
        }
        return row.getLong(3) == 0
            ? SharedRoom.fresh(name, row.getString(1), row.getLong(2))
            : room(row, name, 3);
      }
    }
  }

  private static SharedRoom room(ResultSet row, String name, int first) throws SQLException {
    return new SharedRoom(
        row.getLong(first),
        name,
        row.getString(first + 1),
        row.getLong(first + 2),
        row.getLong(first + 3),
        row.getLong(first + 4),
        row.getLong(first + 5),
        RoomSnapshot.topic(row.getString(first + 6)));
  }

  /**
   * Reads the messages that some rooms have not delivered, in one snapshot. The result lacks rooms
   * that the store does not have.
   *
   * @param server the id of this run of the server, whose last batches are looked up
   */
  static Map<String, RoomSnapshot> snapshots(
      Connection connection, byte[] server, List<Request> all) throws SQLException {
    Map<String, RoomSnapshot> found = new HashMap<>();
    try (PreparedStatement query = connection.prepareStatement(SNAPSHOTS)) {
      query.setArray(
          1, connection.createArrayOf("text", all.stream().map(Request::name).toArray()));
      query.setArray(2, longs(connection, all.stream().map(Request::after).toArray()));
      query.setArray(3, longs(connection, all.stream().map(Request::atMillis).toArray()));
      query.setArray(4, longs(connection, all.stream().map(Request::upTo).toArray()));
      query.setArray(5, longs(connection, all.stream().map(Request::bytes).toArray()));
      query.setBytes(6, server);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          String name = row.getString(1);
          RoomSnapshot snapshot = found.get(name);
          if (snapshot == null) {
            snapshot =
                new RoomSnapshot(
                    room(row, name, 2),
                    row.getBoolean(9),
                    row.getLong(10),
                    row.getLong(11),
                    new ArrayList<>());
            found.put(name, snapshot);
          }
          if (row.getLong(13) > 0) {
            snapshot
                .lines()
                .add(new Line(MessageRow.message(row, 13, Nul::unescape), row.getLong(12)));
          }
        }
      }
    }
    return found;
  }

  private static java.sql.Array longs(Connection connection, Object[] values) throws SQLException {
    return connection.createArrayOf("int8", values);
  }

  /** Finds the rooms whose stored state differs from what is known, with their newest seq. */
  static Map<String, Long> changed(Connection connection, List<SharedRoom> rooms)
      throws SQLException {
    Map<String, Long> others = new HashMap<>();
    try (PreparedStatement changed = connection.prepareStatement(CHANGED)) {
      changed.setArray(
          1, connection.createArrayOf("text", rooms.stream().map(SharedRoom::name).toArray()));
      changed.setArray(2, longs(connection, rooms.stream().map(SharedRoom::newest).toArray()));
      changed.setArray(
          3, connection.createArrayOf("text", rooms.stream().map(SharedRoom::epoch).toArray()));
      changed.setArray(4, longs(connection, rooms.stream().map(SharedRoom::forgotten).toArray()));
      try (ResultSet row = changed.executeQuery()) {
        while (row.next()) {
          others.put(row.getString(1), row.getLong(2));
        }
      }
    }
    return others;
  }

  /**
   * Reads messages of a room, in order, about {@link RoomLog#READ_BYTES} at most.
   *
   * @param room the known state; messages that it has not delivered are not read
   * @param from the first seq
   * @throws SQLException also if the room has a new epoch
   */
  static Slice read(Connection connection, SharedRoom room, long from, int limit)
      throws SQLException {
    List<Message> messages = new ArrayList<>();
    long first = room.forgotten() + 1;
    try (PreparedStatement read = connection.prepareStatement(READ)) {
      read.setLong(1, from);
      read.setLong(2, room.newest());
      read.setInt(3, limit);
      read.setString(4, room.name());
      try (ResultSet row = read.executeQuery()) {
        long bytes = 0;
        while (bytes < RoomLog.READ_BYTES && row.next()) {
          if (!room.epoch().equals(row.getString(1))) {
            throw new SQLException("the room has begun a new epoch");
          }
          first = Math.min(row.getLong(2), room.newest()) + 1;
          if (row.getLong(3) > 0) {
            Message message = MessageRow.message(row, 3, Nul::unescape);
            messages.add(message);
            bytes += message.length() + MessageRow.MESSAGE_BYTES;
          }
        }
      }
    }
    long next = Math.max(from, first);
    if (next <= room.newest() && (messages.isEmpty() || messages.get(0).seq() != next)) {
      throw new SQLException("the room lacks delivered messages and needs a new epoch");
    }
    return new Slice(room.epoch(), first, room.newest(), messages);
  }

  /**
   * Lists public rooms that have messages, ordered by name.
   *
   * @param behind only rooms after this name
   */
  static List<KeptRoom> list(Connection connection, String behind, int limit) throws SQLException {
    List<KeptRoom> some = new ArrayList<>();
    try (PreparedStatement list = connection.prepareStatement(LIST)) {
      list.setString(1, behind);
      list.setInt(2, limit);
      try (ResultSet row = list.executeQuery()) {
        while (row.next()) {
          some.add(
              new KeptRoom(row.getString(1), row.getLong(2), RoomSnapshot.topic(row.getString(3))));
        }
      }
    }
    return some;
  }

  /**
   * Begins a new epoch in rooms that lack delivered messages, unless another server has done so.
   */
  static void renew(Connection connection, Set<SharedRoom> rooms) throws SQLException {
    try (PreparedStatement renew = connection.prepareStatement(RENEW);
        PreparedStatement create = connection.prepareStatement(CREATE)) {
      for (SharedRoom room : rooms) {
        String epoch = RandomName.next();
        renew.setString(1, epoch);
        renew.setString(2, room.name());
        renew.setString(3, room.epoch());
        if (renew.executeUpdate() == 0) {
          create.setString(1, room.name());
          create.setString(2, epoch);
          create.executeUpdate();
        }
      }
    }
  }
}
