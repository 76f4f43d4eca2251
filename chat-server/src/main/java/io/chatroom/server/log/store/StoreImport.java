package io.chatroom.server.log.store;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.log.Detail;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.log.sql.RandomName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Appends messages to a store. In a new room they keep their sequence numbers, unless these have
 * gaps; posts that are stored already are skipped.
 */
public final class StoreImport implements AutoCloseable {

  private static final int ROW_BYTES = 64;
  private static final int TRANSACTION = 5_000;

  /**
   * The write-ahead log is checkpointed after this many messages; otherwise it would grow to the
   * size of the whole import.
   */
  private static final int CHECKPOINT = 20 * TRANSACTION;

  /** A room during the import. Its sequence numbers are shifted by an offset. */
  private static final class Incoming {
    final long id;
    final long offset;
    final long before;
    long newest;
    long bytes;

    /** True if a message was skipped, so that the offset no longer fits. */
    boolean shifted;

    Incoming(long id, long offset, long newest, long bytes) {
      this.id = id;
      this.offset = offset;
      this.before = newest;
      this.newest = newest;
      this.bytes = bytes;
    }
  }

  private final @Nullable DataDirectory directory;
  private final Sqlite database;
  private final Connection connection;
  private final RowWriter rows;
  private final Map<String, StoredRoom> there = new HashMap<>();
  private final Map<String, Incoming> rooms = new HashMap<>();
  private long nextRoom;
  private long nextN;
  private long added;
  private long left;

  private StoreImport(@Nullable DataDirectory directory, Sqlite database, Connection connection)
      throws SQLException {
    this.directory = directory;
    this.database = database;
    this.connection = connection;
    this.rows = new RowWriter(connection);
    StoreState state = StoreState.read(connection);
    state.rooms().forEach(room -> there.put(room.name(), room));
    this.nextN = state.newestN() + 1;
    this.nextRoom = state.lastRoom() + 1;
  }

  /**
   * Opens a store that no server uses; creates it if it is missing.
   *
   * @throws IOException if it cannot be used; the message is one sentence for people
   */
  public static StoreImport into(Path data) throws IOException {
    DataDirectory directory = DataDirectory.take(data);
    try {
      SqliteLibrary.load(data);
      return into(directory, new Sqlite(data));
    } catch (IOException e) {
      directory.close();
      throw e;
    }
  }

  /** Opens a store whose directory is locked already, or need not be. */
  static StoreImport into(@Nullable DataDirectory directory, Sqlite database) throws IOException {
    try {
      return new StoreImport(directory, database, database.openToWrite());
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  /** The number of messages that were stored. */
  public long added() {
    return added;
  }

  /** The number of messages that were skipped because they were there already. */
  public long left() {
    return left;
  }

  /** Stores a message. */
  public void add(StoredMessage message) throws IOException {
    try {
      store(message);
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  private void store(StoredMessage message) throws SQLException {
    Incoming room = rooms.get(message.room());
    if (room == null) {
      room = begin(message);
      rooms.put(message.room(), room);
    }
    String text = message.text();
    long size = (long) ROW_BYTES + length(message.from()) + (text == null ? 0 : length(text));
    rows.place(nextN, room.id, room.newest + 1, message.at(), room.bytes + size);
    Detail detail = detail(message, room.offset);
    if (!rows.add(message.from(), text, detail)) {
      left++;
      room.shifted = true;
      return;
    }
    nextN++;
    room.newest++;
    room.bytes += size;
    if (detail instanceof RoomEvent event && event.kind().equals(RoomEvent.TOPIC)) {
      topic(room.id, text == null || text.isEmpty() ? null : text);
    } else if (detail instanceof RoomEvent event
        && event.deletes() > room.before
        && !room.shifted) { // it was deleted during the export
      erase(room.id, event.deletes());
    }
    if (++added % TRANSACTION == 0) {
      connection.commit();
    }
    if (added % CHECKPOINT == 0) {
      Sqlite.checkpoint(connection);
    }
  }

  private static int length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static @Nullable Detail detail(StoredMessage message, long offset) {
    String kind = message.kind();
    if (kind != null) {
      RoomEvent there = new RoomEvent(kind, message.from(), message.target(), message.text());
      long deletes = there.deletes();
      return deletes == 0
          ? there
          : RoomEvent.deleted(message.from(), Math.max(1, deletes + offset));
    }
    if (message.client() == null || message.id() == null) {
      return null;
    }
    long reply = message.replyTo() == 0 ? 0 : Math.max(0, message.replyTo() + offset);
    return new Post(message.client(), message.id(), reply, message.owned());
  }

  private Incoming begin(StoredMessage first) throws SQLException {
    StoredRoom room = there.get(first.room());
    if (room != null) {
      return new Incoming(room.id(), room.newest() + 1 - first.seq(), room.newest(), room.bytes());
    }
    long id = nextRoom++;
    try (PreparedStatement add = connection.prepareStatement(Sql.NEW_ROOM)) {
      add.setLong(1, id);
      add.setString(2, first.room());
      add.setString(3, RandomName.next());
      add.setLong(4, first.seq() - 1);
      add.executeUpdate();
    }
    return new Incoming(id, 0, first.seq() - 1, 0);
  }

  /** Sets the topic of a room whose topic event is missing. */
  void topics(Connection from) throws SQLException {
    try (PreparedStatement names = from.prepareStatement(Sql.ROOM_NAMES);
        ResultSet row = names.executeQuery()) {
      while (row.next()) {
        Incoming room = rooms.get(row.getString(2));
        if (room != null) {
          topic(room.id, row.getString(3));
        }
      }
    }
  }

  /** Stores facts. A store of version 1 has none. */
  void facts(Connection from) throws SQLException {
    if (Sqlite.number(from, "PRAGMA user_version") == 1) {
      return;
    }
    try (PreparedStatement all = from.prepareStatement(Sql.ALL_FACTS);
        ResultSet row = all.executeQuery();
        FactWriter facts = new FactWriter(connection)) {
      while (row.next()) {
        facts.store(List.of(new Fact(row.getString(1), row.getString(2), row.getString(3))));
      }
    }
  }

  private void topic(long room, @Nullable String text) throws SQLException {
    try (PreparedStatement topic = connection.prepareStatement(Sql.TOPIC)) {
      topic.setString(1, text);
      topic.setLong(2, room);
      topic.executeUpdate();
    }
  }

  private void erase(long room, long seq) throws SQLException {
    try (PreparedStatement erase = connection.prepareStatement(Sql.ERASE)) {
      erase.setLong(1, room);
      erase.setLong(2, seq);
      erase.executeUpdate();
    }
  }

  /** Commits everything. */
  public void finish() throws IOException {
    try {
      connection.commit();
      Sqlite.checkpoint(connection);
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      rows.close();
      connection.close();
    } catch (SQLException e) {
      throw database.unusable(e);
    } finally {
      if (directory != null) {
        directory.close();
      }
    }
  }
}
