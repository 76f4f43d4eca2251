package io.chatroom.server.log.shared;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much the store has, as it was a few seconds ago. A thread of its own asks, as counting takes
 * its time where there are millions of rooms.
 */
final class StoreSize {

  private static final Logger log = LoggerFactory.getLogger(StoreSize.class);

  private static final String SIZE =
      """
      SELECT (SELECT count(*) FROM room WHERE name NOT LIKE '@%'),
        (SELECT count(*) FROM room WHERE name LIKE '@%'),
        pg_database_size(current_database()),
        (SELECT at FROM message ORDER BY n LIMIT 1)
      """;

  private static final long PAUSE_MILLIS = 5_000;

  /** Of the time, asking takes at most one part in so many. */
  private static final int PARTS = 200;

  private final SharedDatabase database;
  private final ScheduledThreadPoolExecutor thread;
  private volatile int rooms;
  private volatile int privateRooms;
  private volatile long bytes;
  private volatile long oldestMillis;

  StoreSize(SharedDatabase database) {
    this.database = database;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread one = new Thread(task, "size");
              one.setDaemon(true);
              return one;
            });
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  int rooms(boolean isPrivate) {
    return isPrivate ? privateRooms : rooms;
  }

  long bytes() {
    return bytes;
  }

  long oldestMillis() {
    return oldestMillis;
  }

  /** Asks now, and again and again on its own thread. */
  void start() {
    long began = System.nanoTime();
    try (Connection connection = database.take()) {
      look(connection);
    } catch (SQLException e) {
      log.debug("how much the store has is not known for now", e);
    } catch (RuntimeException | Error e) { // it must go on
      log.error("this is a defect of chat-server, please report it", e);
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    if (!thread.isShutdown()) {
      thread.schedule(this::start, Math.max(PAUSE_MILLIS, PARTS * millis), TimeUnit.MILLISECONDS);
    }
  }

  private void look(Connection connection) throws SQLException {
    try (PreparedStatement size = connection.prepareStatement(SIZE);
        ResultSet row = size.executeQuery()) {
      if (row.next()) {
        rooms = (int) Math.min(Integer.MAX_VALUE, row.getLong(1));
        privateRooms = (int) Math.min(Integer.MAX_VALUE, row.getLong(2));
        bytes = row.getLong(3);
        oldestMillis = row.getLong(4);
      }
    }
  }

  void close() {
    thread.shutdownNow();
  }
}
