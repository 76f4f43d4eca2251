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
 * The size of the store, as of a few seconds ago. It is queried on a thread of its own, as counting
 * millions of rooms takes a while.
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

  /** Queries run for at most 1/200 of the time. */
  private static final int BUSY_PARTS = 200;

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

  /** Queries now, and then periodically on its own thread. */
  void start() {
    long began = System.nanoTime();
    try (Connection connection = database.take()) {
      query(connection);
    } catch (SQLException e) {
      log.debug("cannot query the size of the store for now", e);
    } catch (RuntimeException | Error e) { // the thread must survive
      log.error("this is a defect of chat-server, please report it", e);
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    if (!thread.isShutdown()) {
      thread.schedule(
          this::start, Math.max(PAUSE_MILLIS, BUSY_PARTS * millis), TimeUnit.MILLISECONDS);
    }
  }

  private void query(Connection connection) throws SQLException {
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
