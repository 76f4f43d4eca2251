package io.chatroom.server.log.shared;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/** How much the store has, as it was a few seconds ago. One thread asks, any thread reads. */
final class StoreSize {

  private static final String SIZE =
      """
      SELECT (SELECT count(*) FROM room WHERE name NOT LIKE '@%'),
        (SELECT count(*) FROM room WHERE name LIKE '@%'),
        pg_database_size(current_database()),
        (SELECT at FROM message ORDER BY n LIMIT 1)
      """;

  private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Of the time, asking takes at most one part in so many. */
  private static final int PARTS = 200;

  private long nextNanos = System.nanoTime();
  private volatile int rooms;
  private volatile int privateRooms;
  private volatile long bytes;
  private volatile long oldestMillis;

  int rooms(boolean isPrivate) {
    return isPrivate ? privateRooms : rooms;
  }

  long bytes() {
    return bytes;
  }

  long oldestMillis() {
    return oldestMillis;
  }

  /** Asks, if that is due. */
  void look(Connection connection) throws SQLException {
    long began = System.nanoTime();
    if (began - nextNanos < 0) {
      return;
    }
    nextNanos = began + EVERY_NANOS; // also if it fails
    try (PreparedStatement size = connection.prepareStatement(SIZE);
        ResultSet row = size.executeQuery()) {
      if (row.next()) {
        rooms = (int) Math.min(Integer.MAX_VALUE, row.getLong(1));
        privateRooms = (int) Math.min(Integer.MAX_VALUE, row.getLong(2));
        bytes = row.getLong(3);
        oldestMillis = row.getLong(4);
      }
    }
    long now = System.nanoTime();
    nextNanos = now + Math.max(EVERY_NANOS, PARTS * (now - began));
  }
}
