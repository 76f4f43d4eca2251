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
 * Deletes what a store does not keep, the oldest first and a few messages at a time, so that those
 * who talk wait for a moment only. One server at a time does so for all.
 */
final class SharedRetention {

  private static final Logger log = LoggerFactory.getLogger(SharedRetention.class);

  /** How many messages are deleted at once; the other limits may be passed by that many. */
  private static final int BATCH = 500;

  private static final int ROOMS = 100;
  private static final long PAUSE_MILLIS = 5_000;

  /** Of the time, looking takes at most one part in so many. */
  private static final int PARTS = 20;

  private static final long LOCK = 0x63686b70; // "chkp"
  private static final String TRY = "SELECT pg_try_advisory_lock(" + LOCK + ")";
  private static final String GIVE_BACK = "SELECT pg_advisory_unlock(" + LOCK + ")";

  /** How much the room had taken in where what it keeps begins. */
  private static final String FLOOR =
      "coalesce((SELECT bytes FROM message WHERE room = r.id AND seq = r.forgotten + 1), r.bytes)";

  /** By room, up to which number its messages go. */
  private static final String TOO_MANY =
      """
      SELECT r.id, least(r.newest - ?, r.forgotten + %d) FROM room r
      WHERE r.newest - r.forgotten > ? LIMIT %d
      """
          .formatted(BATCH, ROOMS);

  private static final String TOO_LARGE =
      """
      SELECT r.id, (SELECT max(seq) FROM message WHERE room = r.id AND seq < r.newest
        AND seq <= r.forgotten + %d AND bytes <= r.bytes - ?)
      FROM room r WHERE r.newest - r.forgotten > 1 AND r.bytes > ? AND r.bytes - %s > ? LIMIT %d
      """
          .formatted(BATCH, FLOOR, ROOMS);

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

  /** How many messages went, and how much they took. */
  private static final String FORGET =
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

  /** A server asks for its own within seconds; those of servers that are gone are left over. */
  private static final String TAILS =
      """
      DELETE FROM tail
      WHERE at < floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint - 172800000
      """;

  /** Up to which number a room's messages go. */
  private record Old(long room, long seq) {}

  /** How much was deleted. */
  private record Gone(long messages, long bytes) {}

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
      log.debug("old messages cannot be deleted for now", e);
    } catch (RuntimeException | Error e) { // it must go on
      log.error("this is a defect of chat-server, please report it", e);
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    if (!thread.isShutdown()) {
      thread.schedule(this::run, Math.max(PAUSE_MILLIS, PARTS * millis), TimeUnit.MILLISECONDS);
    }
  }

  /** Deletes all that goes now, unless another server does so. */
  void pass() throws SQLException {
    try (Connection connection = database.take()) {
      if (number(connection, TRY) == 0) {
        return;
      }
      try {
        forgetAll(connection);
        try (PreparedStatement tails = connection.prepareStatement(TAILS)) {
          tails.executeUpdate();
        }
      } finally {
        number(connection, GIVE_BACK);
      }
    }
  }

  private void forgetAll(Connection connection) throws SQLException {
    if (keep.messages() > 0) {
      repeat(() -> forget(connection, TOO_MANY, keep.messages(), keep.messages()));
    }
    if (keep.bytes() > 0) {
      repeat(() -> forget(connection, TOO_LARGE, keep.bytes(), keep.bytes(), keep.bytes()));
    }
    if (!keep.age().isZero()) {
      repeat(() -> forget(connection, TOO_OLD, keep.age().toMillis()));
    }
    if (keep.allMessages() > 0) {
      long[] tooMany = {sum(COUNT) - keep.allMessages()};
      repeat(
          () -> {
            Gone gone = forget(connection, OLDEST, Math.max(0, Math.min(tooMany[0], BATCH)));
            tooMany[0] -= gone.messages;
            return gone;
          });
    }
    if (keep.allBytes() > 0) {
      long[] tooMuch = {sum(BYTES) - keep.allBytes()};
      repeat(
          () -> {
            Gone gone = forget(connection, OLDEST, tooMuch[0] > 0 ? BATCH : 0);
            tooMuch[0] -= gone.bytes;
            return gone;
          });
    }
  }

  private interface Step {

    Gone take() throws SQLException;
  }

  private void repeat(Step step) throws SQLException {
    while (!thread.isShutdown() && step.take().messages > 0) {
      log.debug("more may go");
    }
  }

  /** Over all rooms; once a pass, as it may take its time where there are millions. */
  private long sum(String sql) throws SQLException {
    try (Connection connection = database.connectForLong()) {
      return number(connection, sql);
    }
  }

  private static List<Old> old(Connection connection, String sql, long... parameters)
      throws SQLException {
    List<Old> all = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        query.setLong(i + 1, parameters[i]);
      }
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          all.add(new Old(row.getLong(1), row.getLong(2)));
        }
      }
    }
    return all;
  }

  /** Forgets what a query finds. */
  private static Gone forget(Connection connection, String sql, long... parameters)
      throws SQLException {
    long messages = 0;
    long bytes = 0;
    List<Old> all = old(connection, sql, parameters);
    try (PreparedStatement forget = connection.prepareStatement(FORGET)) {
      for (Old one : all) {
        forget.setLong(1, one.room);
        forget.setLong(2, one.seq);
        try (ResultSet row = forget.executeQuery()) {
          row.next();
          messages += row.getLong(1);
          bytes += row.getLong(2);
        }
      }
    }
    return new Gone(messages, bytes);
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
