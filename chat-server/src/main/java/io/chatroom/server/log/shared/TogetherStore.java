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
 * Stores batches of several rooms by one statement, so that they share what a statement and a
 * commit cost. It stores those that are plain; what is new, busy or doubtful is left to {@link
 * BurstStore}, which is as right for all of them.
 */
final class TogetherStore {

  /**
   * A batch, and the room that it is for.
   *
   * @param tries how often it was to be stored with others, and another server stored in its room
   */
  record Work(SharedLog room, Batch batch, int tries) {

    Work again() {
      return new Work(room, batch, tries + 1);
    }

    /** Whether it is nothing but messages for a room that is there. */
    boolean isPlain() {
      return batch.isPlain() && room.room().newest() > 0;
    }
  }

  /**
   * What has become of some batches.
   *
   * @param stored for each, where it is; null if it is not stored
   * @param busy for each, whether another server stored in its room, so it can be tried again
   */
  record Outcome(List<@Nullable Stored> stored, BitSet busy) {}

  private static final String APPEND =
      "SELECT * FROM chat_append_together_1(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private final byte[] server;

  /**
   * @param server what the store calls this run of this server
   */
  TogetherStore(byte[] server) {
    this.server = server.clone();
  }

  /**
   * Stores batches of different rooms.
   *
   * @throws SQLException if none was stored, or that is not known
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
    Object[] of = new Object[messages];
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
        of[at] = i + 1;
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
      append.setArray(9, connection.createArrayOf("int4", of));
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
