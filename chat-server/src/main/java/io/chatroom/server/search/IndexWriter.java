package io.chatroom.server.search;

import io.chatroom.server.log.Journal;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.RoomEvent;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Updates an index, in small transactions. For one thread. */
final class IndexWriter implements AutoCloseable {

  static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

  /**
   * The last indexed line of the journal: its number, and its content, to recognise the journal.
   */
  private record Mark(long n, String room, long seq, long atMillis) {}

  /** A room, and the seq and the n up to which it was cleaned. */
  private record Room(long id, String name, long forgotten, long n) {}

  private final Connection connection;
  private final PreparedStatement add;
  private final PreparedStatement addLine;
  private final PreparedStatement remove;
  private final PreparedStatement removeLine;
  private final PreparedStatement day;
  private final PreparedStatement state;
  private final PreparedStatement room;
  private final PreparedStatement dropRoom;
  private final PreparedStatement oldest;
  private final Map<String, Room> rooms = new HashMap<>();
  private final Purger purger;
  private Mark mark;

  private IndexWriter(Connection connection) throws SQLException, DoubtException {
    this.connection = connection;
    add = connection.prepareStatement("INSERT OR REPLACE INTO words (rowid, text) VALUES (?, ?)");
    addLine = connection.prepareStatement("INSERT OR REPLACE INTO line VALUES (?, ?)");
    remove = connection.prepareStatement("DELETE FROM words WHERE rowid = ?");
    removeLine = connection.prepareStatement("DELETE FROM line WHERE n = ?");
    day =
        connection.prepareStatement(
            "INSERT INTO day VALUES (?, ?, ?)"
                + " ON CONFLICT (day) DO UPDATE SET last = excluded.last");
    state = connection.prepareStatement("UPDATE state SET n = ?, room = ?, seq = ?, at = ?");
    room = connection.prepareStatement("INSERT OR REPLACE INTO room VALUES (?, ?, ?, ?)");
    dropRoom = connection.prepareStatement("DELETE FROM room WHERE id = ?");
    oldest =
        connection.prepareStatement(
            "SELECT rowid FROM words WHERE words MATCH ? AND rowid > ? ORDER BY rowid LIMIT ?");
    purger = new Purger(connection);
    mark = readMark();
    readRooms();
    connection.commit();
  }

  /** Creates an empty index in place of an old one. */
  static IndexWriter create(IndexFile file, Journal journal)
      throws SQLException, IOException, DoubtException {
    file.delete();
    return of(file.create(journal.name()));
  }

  /**
   * Opens an existing index.
   *
   * @throws DoubtException if it may belong to another journal
   */
  static IndexWriter open(IndexFile file, Journal journal)
      throws SQLException, IOException, DoubtException {
    IndexWriter writer = of(file.openToWrite());
    try {
      writer.check(journal);
      return writer;
    } catch (SQLException | IOException | DoubtException e) {
      writer.close();
      throw e;
    }
  }

  private static IndexWriter of(Connection connection) throws SQLException, DoubtException {
    try {
      return new IndexWriter(connection);
    } catch (SQLException | DoubtException e) {
      connection.close();
      throw e;
    }
  }

  private Mark readMark() throws SQLException, DoubtException {
    try (PreparedStatement read =
            connection.prepareStatement("SELECT n, room, seq, at FROM state");
        ResultSet row = read.executeQuery()) {
      if (!row.next()) {
        throw new DoubtException("does not record which messages it covers");
      }
      return new Mark(row.getLong(1), row.getString(2), row.getLong(3), row.getLong(4));
    }
  }

  private void readRooms() throws SQLException {
    rooms.clear();
    try (PreparedStatement read =
            connection.prepareStatement("SELECT id, name, forgotten, n FROM room");
        ResultSet row = read.executeQuery()) {
      while (row.next()) {
        Room room = new Room(row.getLong(1), row.getString(2), row.getLong(3), row.getLong(4));
        rooms.put(room.name, room);
      }
    }
  }

  private void check(Journal journal) throws SQLException, IOException, DoubtException {
    try (PreparedStatement read = connection.prepareStatement("SELECT words, journal FROM state");
        ResultSet row = read.executeQuery()) {
      row.next();
      if (row.getInt(1) != Words.VERSION) {
        throw new DoubtException("splits words differently");
      }
      if (!row.getString(2).equals(journal.name())) {
        throw new DoubtException("belongs to other messages");
      }
    }
    connection.commit();
    if (mark.n > journal.newest()) {
      throw new DoubtException("contains messages that are not stored");
    }
    for (Journal.Line line : journal.at(List.of(mark.n))) {
      Message message = line.message();
      if (!mark.equals(new Mark(line.n(), line.room(), message.seq(), message.atMillis()))) {
        throw new DoubtException("differs from the stored messages");
      }
    }
  }

  /** The number up to which everything is indexed. */
  long indexed() {
    return mark.n;
  }

  /**
   * Adds messages, in the order of the journal, and removes those that an event deletes, in one
   * transaction.
   *
   * @param lines the lines after {@link #indexed}; at least one
   * @param between called after each of them
   */
  void add(List<Journal.Line> lines, Journal journal, Runnable between)
      throws SQLException, IOException {
    try {
      for (Journal.Line line : lines) {
        add(line, journal);
        between.run();
      }
      addDays(lines);
      Journal.Line last = lines.get(lines.size() - 1);
      Message message = last.message();
      Mark end = new Mark(last.n(), last.room(), message.seq(), message.atMillis());
      state.setLong(1, end.n);
      state.setString(2, end.room);
      state.setLong(3, end.seq);
      state.setLong(4, end.atMillis);
      state.executeUpdate();
      connection.commit();
      mark = end;
    } catch (SQLException | IOException e) {
      rollBack();
      throw e;
    }
  }

  /** Rolls back, and reads the rooms again from the index. */
  private void rollBack() throws SQLException {
    connection.rollback();
    readRooms();
    connection.commit();
  }

  private void add(Journal.Line line, Journal journal) throws SQLException, IOException {
    Message message = line.message();
    if (message.detail() instanceof RoomEvent event) {
      if (event.deletes() > 0) {
        removeTarget(line.room(), event.deletes(), journal);
      }
      return;
    }
    String text = message.text();
    if (text == null) {
      return; // deleted, by an event that follows
    }
    List<String> words = new ArrayList<>();
    words.add(Tag.room(line.room()));
    words.add(Tag.author(message.from()));
    words.addAll(Words.of(text));
    add.setLong(1, line.n());
    add.setString(2, String.join(" ", words));
    add.executeUpdate();
    addLine.setLong(1, line.n());
    addLine.setLong(2, roomOf(line).id);
    addLine.executeUpdate();
  }

  private Room roomOf(Journal.Line line) throws SQLException {
    Room known = rooms.get(line.room());
    if (known != null) {
      return known;
    }
    long id = rooms.values().stream().mapToLong(Room::id).max().orElse(0) + 1;
    return set(new Room(id, line.room(), 0, 0));
  }

  private void removeTarget(String room, long seq, Journal journal)
      throws SQLException, IOException {
    for (Journal.Line line : journal.at(List.of(journal.numberFrom(room, seq)))) {
      if (line.message().seq() == seq && delete(line.n())) {
        purger.want();
      }
    }
  }

  /** Removes the words of deleted messages from the file, in steps. */
  Purger purger() {
    return purger;
  }

  /** Records the first and the last number of each day. */
  private void addDays(List<Journal.Line> lines) throws SQLException {
    int first = 0;
    for (int i = 1; i <= lines.size(); i++) {
      if (i == lines.size() || day(lines.get(i)) != day(lines.get(first))) {
        day.setLong(1, day(lines.get(first)));
        day.setLong(2, lines.get(first).n());
        day.setLong(3, lines.get(i - 1).n());
        day.executeUpdate();
        first = i;
      }
    }
  }

  private static long day(Journal.Line line) {
    return Math.floorDiv(line.message().atMillis(), DAY_MILLIS);
  }

  /** Removes a message; returns false if it is not in the index. */
  private boolean delete(long n) throws SQLException {
    remove.setLong(1, n);
    remove.executeUpdate();
    removeLine.setLong(1, n);
    return removeLine.executeUpdate() > 0;
  }

  /**
   * Removes messages that the journal no longer contains.
   *
   * @param limit the most messages to remove
   * @return true if there may be more
   */
  boolean clean(Journal journal, int limit) throws SQLException, IOException {
    Map<String, Long> forgotten = journal.forgotten();
    for (Room room : List.copyOf(rooms.values())) {
      Long now = forgotten.get(room.name);
      if (now == null || now != room.forgotten) {
        clean(room, now, journal, limit);
        return true;
      }
    }
    return false;
  }

  /** Removes the oldest messages of a room, up to the first that is still stored. */
  private void clean(Room room, @Nullable Long forgotten, Journal journal, int limit)
      throws SQLException, IOException {
    try {
      List<Long> some = oldest(room.name, room.n, limit);
      Set<Long> kept = new HashSet<>();
      journal.at(some).forEach(line -> kept.add(line.n()));
      long n = room.n;
      int gone = 0;
      while (gone < some.size() && !kept.contains(some.get(gone))) {
        n = some.get(gone);
        delete(n);
        gone++;
      }
      boolean all = gone < limit;
      if (all && forgotten == null && gone == some.size()) {
        dropRoom.setLong(1, room.id);
        dropRoom.executeUpdate();
        rooms.remove(room.name);
      } else {
        long upTo = all && forgotten != null ? forgotten : room.forgotten;
        set(new Room(room.id, room.name, upTo, n));
      }
      connection.commit();
    } catch (SQLException | IOException e) {
      rollBack();
      throw e;
    }
  }

  private Room set(Room now) throws SQLException {
    room.setLong(1, now.id);
    room.setString(2, now.name);
    room.setLong(3, now.forgotten);
    room.setLong(4, now.n);
    room.executeUpdate();
    rooms.put(now.name, now);
    return now;
  }

  private List<Long> oldest(String name, long n, int limit) throws SQLException {
    oldest.setString(1, Match.room(name));
    oldest.setLong(2, n);
    oldest.setInt(3, limit);
    List<Long> some = new ArrayList<>();
    try (ResultSet rows = oldest.executeQuery()) {
      while (rows.next()) {
        some.add(rows.getLong(1));
      }
    }
    return some;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
