package io.chatroom.server.log.shared;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes messages that exceed the retention limits, oldest first and a few at a time, so that
 * writers wait only briefly. One server at a time does so for all.
 */
final class SharedRetention {

  private static final Logger log = LoggerFactory.getLogger(SharedRetention.class);

  /**
   * The number of messages to delete at once. Enforcing the size of all rooms may delete up to that
   * many more than necessary.
   */
  private static final int BATCH = 500;

  private static final int MAX_ROOMS = 100;
  private static final long PAUSE_MILLIS = 5_000;

  /** Retention is busy for at most 1/20 of the time. */
  private static final int BUSY_PARTS = 20;

  private static final long LOCK = 0x63686b70; // "chkp"
  private static final String TRY_LOCK = "SELECT pg_try_advisory_lock(" + LOCK + ")";
  private static final String UNLOCK = "SELECT pg_advisory_unlock(" + LOCK + ")";

  /** The total size of a room's messages up to the first one that it keeps. */
  private static final String FLOOR =
      "coalesce((SELECT bytes FROM message WHERE room = r.id AND seq = r.forgotten + 1), r.bytes)";

  /** Rooms with too many messages, each with the last seq to delete; likewise the next queries. */
  private static final String TOO_MANY =
      """
      SELECT r.id, least(r.newest - ?, r.forgotten + %d) FROM room r
      WHERE r.newest - r.forgotten > ? LIMIT %d
      """
          .formatted(BATCH, MAX_ROOMS);

  private static final String TOO_LARGE =
      """
      SELECT r.id, (SELECT max(seq) FROM message WHERE room = r.id AND seq < r.newest
        AND seq <= r.forgotten + %d AND bytes <= r.bytes - ?)
      FROM room r WHERE r.newest - r.forgotten > 1 AND r.bytes > ? AND r.bytes - %s > ? LIMIT %d
      """
          .formatted(BATCH, FLOOR, MAX_ROOMS);

  private static final String TOO_OLD =
      """
      SELECT room, max(seq) FROM (SELECT room, seq, at FROM message ORDER BY n LIMIT %d) oldest
      WHERE at < floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint - ? GROUP BY room
      """
          .formatted(BATCH);

  private static final String OLDEST =
      """
      SELECT room, max(seq) FROM (SELECT room, seq FROM message ORDER BY n LIMIT ?) oldest
      GROUP BY room
      """;

  private static final String COUNT = "SELECT coalesce(sum(newest - forgotten), 0) FROM room";

  private static final String BYTES =
      "SELECT coalesce(sum(r.bytes - " + FLOOR + "), 0) FROM room r";

  /** Deletes messages up to a seq, and returns their number and size. */
  private static final String DELETE =
      """
      WITH o AS (SELECT ?::bigint AS room, ?::bigint AS seq),
        r AS (UPDATE room SET forgotten = o.seq FROM o
          WHERE room.id = o.room AND room.forgotten < o.seq RETURNING room.id, room.bytes),
        d AS (DELETE FROM message m USING r, o WHERE m.room = r.id AND m.seq <= o.seq
          RETURNING m.bytes)
      SELECT (SELECT count(*) FROM d), coalesce((SELECT m.bytes FROM message m, o
        WHERE m.room = o.room AND m.seq = o.seq + 1), (SELECT bytes FROM r))
        - (SELECT min(bytes) FROM d)
      """;

  /**
   * Deletes rows of servers that are gone; a running server needs its rows for some seconds only.
   */
  private static final String DELETE_TAILS =
      """
      DELETE FROM tail
      WHERE at < floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint - 172800000
      """;

  /**
   * Messages to delete.
   *
   * @param seq the last seq to delete
   */
  private record Expired(long room, long seq) {}

  /** The number and size of deleted messages. */
  private record Deleted(long messages, long bytes) {}

  private final SharedDatabase database;
  private final Keep keep;
  private final ScheduledThreadPoolExecutor thread;

  SharedRetention(SharedDatabase database, Keep keep) {
    this.database = database;
    this.keep = keep;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread one = new Thread(task, "retention");
              one.setDaemon(true);
              return one;
            });
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    thread.schedule(this::run, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void run() {
    long began = System.nanoTime();
    try {
      pass();
    } catch (SQLException e) {
      log.debug("cannot delete expired messages for now", e);
    } catch (RuntimeException | Error e) { // the thread must survive
      log.error("this is a defect of chat-server, please report it", e);
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    if (!thread.isShutdown()) {
      thread.schedule(
          this::run, Math.max(PAUSE_MILLIS, BUSY_PARTS * millis), TimeUnit.MILLISECONDS);
    }
  }

  /** Deletes everything that exceeds the limits, unless another server is doing so. */
  void pass() throws SQLException {
    try (Connection connection = database.take()) {
      if (number(connection, TRY_LOCK) == 0) {
        return;
      }
      try {
        deleteAll(connection);
        try (PreparedStatement tails = connection.prepareStatement(DELETE_TAILS)) {
          tails.executeUpdate();
        }
      } finally {
        number(connection, UNLOCK);
      }
    }
  }

  private void deleteAll(Connection connection) throws SQLException {
    if (keep.messages() > 0) {
      repeat(() -> delete(connection, TOO_MANY, keep.messages(), keep.messages()));
    }
    if (keep.bytes() > 0) {
      repeat(() -> delete(connection, TOO_LARGE, keep.bytes(), keep.bytes(), keep.bytes()));
    }
    if (!keep.age().isZero()) {
      repeat(() -> delete(connection, TOO_OLD, keep.age().toMillis()));
    }
    if (keep.allMessages() > 0) {
      long[] tooMany = {sum(COUNT) - keep.allMessages()};
      repeat(
          () -> {
            Deleted deleted = delete(connection, OLDEST, Math.max(0, Math.min(tooMany[0], BATCH)));
            tooMany[0] -= deleted.messages;
            return deleted;
          });
    }
    if (keep.allBytes() > 0) {
      long[] tooMuch = {sum(BYTES) - keep.allBytes()};
      repeat(
          () -> {
            Deleted deleted = delete(connection, OLDEST, tooMuch[0] > 0 ? BATCH : 0);
            tooMuch[0] -= deleted.bytes;
            return deleted;
          });
    }
  }

  private interface Step {

    Deleted take() throws SQLException;
  }

  private void repeat(Step step) throws SQLException {
    while (!thread.isShutdown() && step.take().messages > 0) {
      log.debug("there may be more to delete");
    }
  }

  /** Runs a sum over all rooms; once a pass, as it is slow with millions of rooms. */
  private long sum(String sql) throws SQLException {
    try (Connection connection = database.connectForLong()) {
      return number(connection, sql);
    }
  }

  private static List<Expired> expired(Connection connection, String sql, long... parameters)
      throws SQLException {
    List<Expired> all = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        query.setLong(i + 1, parameters[i]);
      }
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          all.add(new Expired(row.getLong(1), row.getLong(2)));
        }
      }
    }
    return all;
  }

  /** Deletes the messages that a query finds. */
  private static Deleted delete(Connection connection, String sql, long... parameters)
      throws SQLException {
    long messages = 0;
    long bytes = 0;
    List<Expired> all = expired(connection, sql, parameters);
    try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
      for (Expired one : all) {
        delete.setLong(1, one.room);
        delete.setLong(2, one.seq);
        try (ResultSet row = delete.executeQuery()) {
          row.next();
          messages += row.getLong(1);
          bytes += row.getLong(2);
        }
      }
    }
    return new Deleted(messages, bytes);
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql);
        ResultSet row = query.executeQuery()) {
      row.next();
      return row.getObject(1) instanceof Boolean truth ? (truth ? 1 : 0) : row.getLong(1);
    }
  }

  void close() {
    thread.shutdownNow();
  }
}
