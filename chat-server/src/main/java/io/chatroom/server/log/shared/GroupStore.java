package io.chatroom.server.log.shared;

import io.chatroom.server.log.shared.Batch.Line;
import io.chatroom.server.log.shared.BurstStore.Stored;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stores batches of several rooms by one statement, so that they share the cost of a statement and
 * a commit. It handles plain batches only; new, busy and doubtful rooms are left to {@link
 * BurstStore}, which can handle all.
 */
final class GroupStore {

  /**
   * A batch to store in a room.
   *
   * @param tries how often it was skipped because another server was storing in its room
   */
  record Work(SharedLog room, Batch batch, int tries) {

    Work again() {
      return new Work(room, batch, tries + 1);
    }

    /** Returns true if it has only messages, and the room exists. */
    boolean isPlain() {
      return batch.isPlain() && room.room().newest() > 0;
    }
  }

  /**
   * The result for some batches.
   *
   * @param stored the place of each batch; null if it was not stored
   * @param busy the batches whose room was busy or new, to be tried again
   */
  record Outcome(List<@Nullable Stored> stored, BitSet busy) {}

  private static final String APPEND =
      "SELECT * FROM chat_append_together_1(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private final byte[] server;

  /**
   * @param server the id of this run of the server
   */
  GroupStore(byte[] server) {
    this.server = server.clone();
  }

  /**
   * Stores batches of different rooms.
   *
   * @throws SQLException if none was stored, or the outcome is unknown
   */
  Outcome store(Connection connection, List<Work> works) throws SQLException {
    int rooms = works.size();
    int messages = works.stream().mapToInt(work -> work.batch().messages()).sum();
    MessageColumns columns = new MessageColumns(messages);
    Object[] names = new Object[rooms];
    Object[] epochs = new Object[rooms];
    Object[] marks = new Object[rooms];
    Object[] delivered = new Object[rooms];
    Object[] deliveredAt = new Object[rooms];
    Object[] counts = new Object[rooms];
    Object[] bytes = new Object[rooms];
    Object[] roomNumbers = new Object[messages];
    Object[] places = new Object[messages];
    int at = 0;
    for (int i = 0; i < rooms; i++) {
      SharedRoom room = works.get(i).room().room();
      List<Line> lines = works.get(i).batch().lines();
      names[i] = room.name();
      epochs[i] = room.epoch();
      marks[i] = works.get(i).batch().mark();
      delivered[i] = room.newest();
      deliveredAt[i] = room.atMillis();
      counts[i] = (long) lines.size();
      bytes[i] = lines.stream().mapToLong(Line::size).sum();
      for (int place = 1; place <= lines.size(); place++) {
        columns.add(lines.get(place - 1));
        roomNumbers[at] = i + 1;
        places[at++] = place;
      }
    }
    try (PreparedStatement append = connection.prepareStatement(APPEND)) {
      append.setBytes(1, server);
      append.setArray(2, connection.createArrayOf("text", names));
      append.setArray(3, connection.createArrayOf("text", epochs));
      append.setArray(4, connection.createArrayOf("int8", marks));
      append.setArray(5, connection.createArrayOf("int8", delivered));
      append.setArray(6, connection.createArrayOf("int8", deliveredAt));
      append.setArray(7, connection.createArrayOf("int8", counts));
      append.setArray(8, connection.createArrayOf("int8", bytes));
      append.setArray(9, connection.createArrayOf("int4", roomNumbers));
      append.setArray(10, connection.createArrayOf("int4", places));
      columns.bindPlain(connection, append, 11);
      try (ResultSet row = append.executeQuery()) {
        List<@Nullable Stored> stored = new ArrayList<>();
        works.forEach(work -> stored.add(null));
        BitSet busy = new BitSet();
        busy.set(0, rooms);
        while (row.next()) {
          int i = row.getInt(1) - 1;
          busy.clear(i);
          String epoch = row.getString(5);
          if (epoch != null) {
            stored.set(i, new Stored(row.getLong(2), row.getLong(3), row.getLong(4), epoch));
          }
        }
        BurstStore.requireNoWarning(append.getWarnings());
        BurstStore.requireNoWarning(connection.getWarnings());
        return new Outcome(stored, busy);
      }
    }
  }
}
