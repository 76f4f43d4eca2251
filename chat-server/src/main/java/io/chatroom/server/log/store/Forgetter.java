package io.chatroom.server.log.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deletes messages beyond the retention limits, the oldest first and a few at a time, each batch in
 * its own transaction, so that senders wait only briefly. Belongs to the writer's thread.
 */
final class Forgetter {

  /** Number of messages that are deleted at once; kept messages can exceed a limit by that many. */
  static final int BATCH = 256;

  /** The size of the database is checked again after this many more bytes. */
  private static final long CHECK_EVERY_BYTES = 1024 * 1024;

  private final Connection connection;
  private final Retention retention;

  /** The stored rooms, by id. */
  private final Map<Long, StoredLog> rooms = new HashMap<>();

  /** The rooms that keep too much. */
  private final Set<StoredLog> tooMuch = new LinkedHashSet<>();

  private long messages;
  private long bytesSinceLook = CHECK_EVERY_BYTES;

  Forgetter(Connection connection, Retention retention) {
    this.connection = connection;
    this.retention = retention;
  }

  /** Adds a room that is stored now. */
  void add(StoredLog log) {
    rooms.put(log.room().id(), log);
    messages += log.room().kept();
    look(log);
  }

  /** Removes a room that was deleted. */
  void remove(StoredLog log) {
    rooms.remove(log.room().id());
  }

  /** Called when a room has more messages. */
  void grown(StoredLog log, StoredRoom before) {
    if (before.id() == 0) {
      rooms.put(log.room().id(), log);
    }
    messages += log.room().newest() - before.newest();
    bytesSinceLook += log.room().bytes() - before.bytes();
    look(log);
  }

  private void look(StoredLog log) {
    if (retention.isTooMuch(log.room())) {
      tooMuch.add(log);
    }
  }

  /** The relevant columns of a message. */
  private record Old(long n, long room, long seq, long bytes) {}

  /**
   * Deletes a few messages if too many are kept.
   *
   * @param idle true if nothing waits to be stored; otherwise a small excess is tolerated
   * @param emptied receives the rooms that keep nothing any more
   * @return true if it deleted something, and there can be more
   */
  boolean step(boolean idle, long nowMillis, List<StoredLog> emptied) throws SQLException {
    if (!tooMuch.isEmpty()) {
      for (StoredLog log : List.copyOf(tooMuch)) {
        if (idle || log.room().kept() >= retention.messages() + BATCH || retention.bytes() > 0) {
          return forgetOf(log);
        }
      }
    }
    long tooMany = retention.allMessages() > 0 ? messages - retention.allMessages() : 0;
    if (tooMany > (idle ? 0 : BATCH)) {
      return forget(oldest(Math.min(tooMany, BATCH), Long.MAX_VALUE), emptied);
    }
    if (retention.allBytes() > 0 && bytesSinceLook >= CHECK_EVERY_BYTES) {
      if (Sqlite.bytesInUse(connection) > retention.allBytes() && messages > 1) {
        return forget(oldest(Math.min(messages - 1, BATCH), Long.MAX_VALUE), emptied);
      }
      bytesSinceLook = 0;
    }
    if (idle && !retention.age().isZero()) {
      return forget(oldest(BATCH, nowMillis - retention.age().toMillis()), emptied);
    }
    return false;
  }

  private boolean forgetOf(StoredLog log) throws SQLException {
    StoredRoom room = log.room();
    long upTo = Math.min(room.newest() - 1, room.forgotten() + BATCH);
    if (retention.bytes() == 0) {
      upTo = Math.min(upTo, room.newest() - retention.messages());
    }
    long floor = 0;
    boolean found = false;
    try (PreparedStatement oldest = connection.prepareStatement(Sql.OLDEST_OF_ROOM)) {
      oldest.setLong(1, room.id());
      oldest.setLong(2, upTo);
      oldest.setLong(3, retention.bytes() > 0 ? bytesToGo(room) : Long.MAX_VALUE);
      try (ResultSet row = oldest.executeQuery()) {
        if (row.next()) {
          found = true;
          upTo = row.getLong(1);
          floor = row.getLong(2);
        }
      }
    }
    if (!found) {
      tooMuch.remove(log);
      return false;
    }
    run(Sql.FORGET_OF_ROOM, room.id(), upTo);
    run(Sql.ROOM_FORGETS, upTo, room.id());
    connection.commit();
    messages -= upTo - room.forgotten();
    log.room(room.without(upTo, floor));
    if (!retention.isTooMuch(log.room())) {
      tooMuch.remove(log);
    }
    return true;
  }

  /**
   * The value of {@code bytes} up to which a room's messages are deleted; by number of messages, if
   * that deletes more.
   */
  private long bytesToGo(StoredRoom room) {
    boolean tooMany = retention.messages() > 0 && room.kept() > retention.messages();
    return tooMany ? Long.MAX_VALUE : room.bytes() - retention.bytes();
  }

  private List<Old> oldest(long limit, long before) throws SQLException {
    List<Old> found = new ArrayList<>();
    try (PreparedStatement oldest = connection.prepareStatement(Sql.OLDEST)) {
      oldest.setLong(1, limit);
      try (ResultSet row = oldest.executeQuery()) {
        while (row.next() && row.getLong(4) < before) {
          found.add(new Old(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(5)));
        }
      }
    }
    return found;
  }

  private boolean forget(List<Old> old, List<StoredLog> emptied) throws SQLException {
    if (old.isEmpty()) {
      connection.commit(); // ends the read
      return false;
    }
    Map<Long, Old> last = new HashMap<>();
    old.forEach(one -> last.put(one.room, one));
    long n = old.get(old.size() - 1).n;
    run(Sql.FORGET_OLDEST, n, null);
    for (Old one : last.values()) {
      run(Sql.ROOM_FORGETS, one.seq, one.room);
    }
    run(Sql.STORE_FORGETS, n, null);
    connection.commit();
    messages -= old.size();
    for (Old one : last.values()) {
      StoredLog log = rooms.get(one.room);
      if (log != null) {
        log.room(log.room().without(one.seq, one.bytes));
        if (log.room().kept() == 0) {
          emptied.add(log);
        }
      }
    }
    return true;
  }

  private void run(String sql, long first, @Nullable Long second) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, first);
      if (second != null) {
        statement.setLong(2, second);
      }
      statement.executeUpdate();
    }
  }
}
