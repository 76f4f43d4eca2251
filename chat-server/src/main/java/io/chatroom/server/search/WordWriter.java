package io.chatroom.server.search;

import io.chatroom.server.log.Journal;
import io.chatroom.server.log.RoomEvent;
import java.io.IOException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes an index in PostgreSQL, within the transactions of its connection. */
final class WordWriter {

  private static final int ROOMS_AT_ONCE = 1_000;
  private static final int DELETED_AT_ONCE = 10_000;

  private final Connection connection;

  WordWriter(Connection connection) {
    this.connection = connection;
  }

  /**
   * Adds lines, in order, and removes messages that they delete.
   *
   * @param upTo the number up to which everything is indexed afterwards
   */
  void add(List<Journal.Line> lines, long upTo) throws SQLException {
    Map<String, Long> rooms = rooms(lines);
    List<Long> room = new ArrayList<>();
    List<Long> seq = new ArrayList<>();
    List<Long> n = new ArrayList<>();
    List<Long> at = new ArrayList<>();
    List<String> words = new ArrayList<>();
    List<Long> deletedIn = new ArrayList<>(0);
    List<Long> deleted = new ArrayList<>(0);
    for (Journal.Line line : lines) {
      long id = rooms.getOrDefault(line.room(), 0L);
      String text = line.message().text();
      if (line.message().detail() instanceof RoomEvent event) {
        if (event.deletes() > 0) {
          deletedIn.add(id);
          deleted.add(event.deletes());
        }
      } else if (text != null) {
        room.add(id);
        seq.add(line.message().seq());
        n.add(line.n());
        at.add(line.message().atMillis());
        words.add(Lexemes.of(line.message(), text, id));
      }
    }
    if (!room.isEmpty()) { // the number of a deleted room may be reused
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT INTO words (room, seq, n, at, words)"
                  + " SELECT room, seq, n, at, words::tsvector"
                  + " FROM unnest(?, ?, ?, ?, ?) AS line (room, seq, n, at, words)"
                  + " ON CONFLICT (room, seq) DO UPDATE"
                  + " SET n = excluded.n, at = excluded.at, words = excluded.words")) {
        insert.setArray(1, bigints(room));
        insert.setArray(2, bigints(seq));
        insert.setArray(3, bigints(n));
        insert.setArray(4, bigints(at));
        insert.setArray(5, texts(words));
        insert.executeUpdate();
      }
    }
    if (!deleted.isEmpty()) {
      delete("=", deletedIn, deleted);
    }
    try (PreparedStatement state = connection.prepareStatement("UPDATE words_state SET n = ?")) {
      state.setLong(1, upTo);
      state.executeUpdate();
    }
  }

  /** Removes some messages; returns false if there may be more. */
  private boolean delete(String comparison, List<Long> rooms, List<Long> seqs) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM words WHERE ctid = ANY (ARRAY ("
                + "SELECT words.ctid FROM words JOIN unnest(?, ?) AS gone (room, seq)"
                + " ON words.room = gone.room AND words.seq "
                + comparison
                + " gone.seq LIMIT "
                + DELETED_AT_ONCE
                + "))")) {
      delete.setArray(1, bigints(rooms));
      delete.setArray(2, bigints(seqs));
      return delete.executeUpdate() < DELETED_AT_ONCE;
    }
  }

  /** The numbers of the rooms of some lines; assigns one to each new room. */
  private Map<String, Long> rooms(List<Journal.Line> lines) throws SQLException {
    Set<String> names = new HashSet<>();
    lines.forEach(line -> names.add(line.room()));
    if (names.isEmpty()) {
      return Map.of();
    }
    Map<String, Long> ids = WordReader.rooms(connection, names);
    names.removeAll(ids.keySet());
    if (!names.isEmpty()) {
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT INTO words_room (name) SELECT unnest(?) RETURNING name, id")) {
        insert.setArray(1, texts(names));
        try (ResultSet row = insert.executeQuery()) {
          while (row.next()) {
            ids.put(row.getString(1), row.getLong(2));
          }
        }
      }
    }
    return ids;
  }

  /**
   * Removes messages that some rooms no longer contain.
   *
   * @param after the number of the room after which to continue; 0 to begin
   * @return the number of the room after which to continue; 0 after the last one
   */
  long clean(Journal journal, long after) throws SQLException, IOException {
    Map<String, Long> rooms = new HashMap<>();
    long last = 0;
    try (PreparedStatement page =
        connection.prepareStatement(
            "SELECT id, name FROM words_room WHERE id > ? ORDER BY id LIMIT ?")) {
      page.setLong(1, after);
      page.setInt(2, ROOMS_AT_ONCE);
      try (ResultSet row = page.executeQuery()) {
        while (row.next()) {
          last = row.getLong(1);
          rooms.put(row.getString(2), last);
        }
      }
    }
    Map<String, Long> forgotten = journal.forgotten(rooms.keySet());
    List<Long> ids = new ArrayList<>();
    List<Long> seqs = new ArrayList<>();
    List<Long> gone = new ArrayList<>(0);
    rooms.forEach(
        (name, id) -> {
          long seq = forgotten.getOrDefault(name, Long.MAX_VALUE);
          if (seq > 0) {
            ids.add(id);
            seqs.add(seq);
          }
          if (seq == Long.MAX_VALUE) {
            gone.add(id);
          }
        });
    if (!ids.isEmpty() && !delete("<=", ids, seqs)) {
      return after; // the same ones again
    }
    if (!gone.isEmpty()) {
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM words_room WHERE id = ANY (?)")) {
        delete.setArray(1, bigints(gone));
        delete.executeUpdate();
      }
    }
    return rooms.size() < ROOMS_AT_ONCE ? 0 : last;
  }

  private Array bigints(Collection<Long> numbers) throws SQLException {
    return connection.createArrayOf("bigint", numbers.toArray());
  }

  private Array texts(Collection<String> texts) throws SQLException {
    return connection.createArrayOf("text", texts.toArray());
  }
}
