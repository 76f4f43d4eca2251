package io.chatroom.server.log.shared;

import io.chatroom.server.log.KeptRoom;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.Slice;
import io.chatroom.server.log.shared.Found.Line;
import io.chatroom.server.log.shared.Found.Wanted;
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
 * What is asked of the tables of rooms and messages. Rooms are asked for by name: an id may be that
 * of another room where an older copy of the store took its place.
 */
final class RoomQuery {

  /** How many messages of one room are read at once. */
  private static final int LINES = 500;

  private static final String ROOM = "r.id, r.epoch, r.forgotten, r.newest, r.at, r.bytes, r.topic";

  private static final String LOAD =
      "SELECT s.name, s.generation, " + ROOM + " FROM store s LEFT JOIN room r ON r.name = ?";

  /** One row a message, or one for a room of which there is none to be read. */
  private static final String BEHIND =
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
          .formatted(ROOM, LINES, LINES);

  /** Rooms that stand in the store otherwise than a server knows them. */
  private static final String LOOK =
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

  private static final String MAKE =
      "INSERT INTO room (name, epoch) VALUES (?, ?) ON CONFLICT (name) DO NOTHING";

  private RoomQuery() {}

  /** A room as it stands in the store, or as it would if something were said there. */
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
        Found.shown(row.getString(first + 6)));
  }

  /**
   * What the store has behind what some rooms know, all at one moment. A room that it does not have
   * is missing.
   *
   * @param server whose last batches are looked for
   */
  static Map<String, Found> behind(Connection connection, byte[] server, List<Wanted> all)
      throws SQLException {
    Map<String, Found> found = new HashMap<>();
    try (PreparedStatement behind = connection.prepareStatement(BEHIND)) {
      behind.setArray(
          1, connection.createArrayOf("text", all.stream().map(Wanted::name).toArray()));
      behind.setArray(2, longs(connection, all.stream().map(Wanted::after).toArray()));
      behind.setArray(3, longs(connection, all.stream().map(Wanted::atMillis).toArray()));
      behind.setArray(4, longs(connection, all.stream().map(Wanted::upTo).toArray()));
      behind.setArray(5, longs(connection, all.stream().map(Wanted::bytes).toArray()));
      behind.setBytes(6, server);
      try (ResultSet row = behind.executeQuery()) {
        while (row.next()) {
          String name = row.getString(1);
          Found of = found.get(name);
          if (of == null) {
            of =
                new Found(
                    room(row, name, 2),
                    row.getBoolean(9),
                    row.getLong(10),
                    row.getLong(11),
                    new ArrayList<>());
            found.put(name, of);
          }
          if (row.getLong(13) > 0) {
            of.lines().add(new Line(MessageRow.message(row, 13, Nul::show), row.getLong(12)));
          }
        }
      }
    }
    return found;
  }

  private static java.sql.Array longs(Connection connection, Object[] values) throws SQLException {
    return connection.createArrayOf("int8", values);
  }

  /** Which of some rooms stand in the store otherwise than they are known, and their newest. */
  static Map<String, Long> look(Connection connection, List<SharedRoom> rooms) throws SQLException {
    Map<String, Long> others = new HashMap<>();
    try (PreparedStatement look = connection.prepareStatement(LOOK)) {
      look.setArray(
          1, connection.createArrayOf("text", rooms.stream().map(SharedRoom::name).toArray()));
      look.setArray(2, longs(connection, rooms.stream().map(SharedRoom::newest).toArray()));
      look.setArray(
          3, connection.createArrayOf("text", rooms.stream().map(SharedRoom::epoch).toArray()));
      look.setArray(4, longs(connection, rooms.stream().map(SharedRoom::forgotten).toArray()));
      try (ResultSet row = look.executeQuery()) {
        while (row.next()) {
          others.put(row.getString(1), row.getLong(2));
        }
      }
    }
    return others;
  }

  /**
   * Reads some messages of a room, in order, and not many more than {@link RoomLog#READ_BYTES}.
   *
   * @param room as it is known; what it has not handed on is not read
   * @param from the number of the first
   * @throws SQLException also if the room is another log by now
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
            throw new SQLException("the room begins anew just now");
          }
          first = Math.min(row.getLong(2), room.newest()) + 1;
          if (row.getLong(3) > 0) {
            Message message = MessageRow.message(row, 3, Nul::show);
            messages.add(message);
            bytes += message.length() + MessageRow.MESSAGE_BYTES;
          }
        }
      }
    }
    long next = Math.max(from, first);
    if (next <= room.newest() && (messages.isEmpty() || messages.get(0).seq() != next)) {
      throw new SQLException("the room begins anew just now"); // it lacks what was handed on
    }
    return new Slice(room.epoch(), first, room.newest(), messages);
  }

  /** Rooms that are not private and keep something, behind a name. */
  static List<KeptRoom> list(Connection connection, String behind, int limit) throws SQLException {
    List<KeptRoom> some = new ArrayList<>();
    try (PreparedStatement list = connection.prepareStatement(LIST)) {
      list.setString(1, behind);
      list.setInt(2, limit);
      try (ResultSet row = list.executeQuery()) {
        while (row.next()) {
          some.add(new KeptRoom(row.getString(1), row.getLong(2), Found.shown(row.getString(3))));
        }
      }
    }
    return some;
  }

  /**
   * Begins a new epoch in rooms that lack what was handed on, unless another server has done so.
   */
  static void renew(Connection connection, Set<SharedRoom> rooms) throws SQLException {
    try (PreparedStatement renew = connection.prepareStatement(RENEW);
        PreparedStatement make = connection.prepareStatement(MAKE)) {
      for (SharedRoom room : rooms) {
        String epoch = RandomName.next();
        renew.setString(1, epoch);
        renew.setString(2, room.name());
        renew.setString(3, room.epoch());
        if (renew.executeUpdate() == 0) {
          make.setString(1, room.name());
          make.setString(2, epoch);
          make.executeUpdate();
        }
      }
    }
  }
}
