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
      FROM room r WHERE r.newest - r.forgotten > 1 AND r.bytes - %s > ? LIMIT %d
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

  private static final String FORGET =
      """
      WITH r AS (UPDATE room SET forgotten = ? WHERE id = ? AND forgotten < ? RETURNING id)
      DELETE FROM message USING r WHERE message.room = r.id AND message.seq <= ?
      """;

  /** A server asks for its own within seconds; those of servers that are gone are left over. */
  private static final String TAILS =
      """
      DELETE FROM tail
      WHERE at < floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint - 172800000
      """;

  /** Up to which number a room's messages go. */
  private record Old(long room, long seq) {}

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
      log.debug("what is too old stays for now", e);
    } catch (RuntimeException e) { // it must go on
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
        while (!thread.isShutdown() && step(connection)) {
          log.debug("more may go");
        }
        try (PreparedStatement tails = connection.prepareStatement(TAILS)) {
          tails.executeUpdate();
        }
      } finally {
        number(connection, GIVE_BACK);
      }
    }
  }

  /** Deletes a few; whether it did. */
  private boolean step(Connection connection) throws SQLException {
    int gone = 0;
    if (keep.messages() > 0) {
      gone += forget(connection, old(connection, TOO_MANY, keep.messages(), keep.messages()));
    }
    if (keep.bytes() > 0) {
      gone += forget(connection, old(connection, TOO_LARGE, keep.bytes(), keep.bytes()));
    }
    if (!keep.age().isZero()) {
      gone += forget(connection, old(connection, TOO_OLD, keep.age().toMillis()));
    }
    if (keep.allMessages() > 0) {
      long tooMany = number(connection, COUNT) - keep.allMessages();
      if (tooMany > 0) {
        gone += forget(connection, old(connection, OLDEST, Math.min(tooMany, BATCH)));
      }
    }
    if (keep.allBytes() > 0 && number(connection, BYTES) > keep.allBytes()) {
      gone += forget(connection, old(connection, OLDEST, BATCH));
    }
    return gone > 0;
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

  private static int forget(Connection connection, List<Old> all) throws SQLException {
    int gone = 0;
    try (PreparedStatement forget = connection.prepareStatement(FORGET)) {
      for (Old one : all) {
        forget.setLong(1, one.seq);
        forget.setLong(2, one.room);
        forget.setLong(3, one.seq);
        forget.setLong(4, one.seq);
        gone += forget.executeUpdate();
      }
    }
    return gone;
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
