package io.chatroom.server.log.shared;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears what other servers have stored, over a connection of its own: one thread for all rooms. It
 * hears of those shards only in which a room is of interest. Once a second, and whenever it has
 * connected or hears of another shard, it has somebody look for what it may not have heard.
 */
final class Listener implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Listener.class);

  private static final int POLL_MILLIS = 100;
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  /** What it is for. */
  interface Ear {

    /** The shards of the rooms that are of interest. */
    BitSet shards();

    /** A server has stored messages up to this number. */
    void heard(String room, long newest);

    /**
     * Looks for what was not heard.
     *
     * @param all whether something must have been missed; else some rooms are enough, and others
     *     the next time
     */
    void look(Connection connection, boolean all) throws SQLException;
  }

  private final SharedDatabase database;
  private final String server;
  private final Ear ear;
  private BitSet listening = new BitSet();
  private long lookedNanos;
  private long pauseMillis = FIRST_PAUSE_MILLIS;
  private volatile boolean connected;
  private volatile boolean closing;

  Listener(SharedDatabase database, String server, Ear ear) {
    this.database = database;
    this.server = server;
    this.ear = ear;
  }

  /** Whether it hears of what others store. */
  boolean isConnected() {
    return connected;
  }

  void close() {
    closing = true;
  }

  @Override
  public void run() {
    boolean told = false;
    while (!closing) {
      try (Connection connection = database.connect()) {
        listening = new BitSet();
        hear(connection, told);
      } catch (SQLException e) {
        if (!closing && !told) {
          log.warn("cannot reach the database, will keep trying: {}", SharedTrouble.words(e));
        }
        told = true;
        log.debug("not connected", e);
      } catch (RuntimeException | Error e) { // it must go on
        log.error("this is a defect of chat-server, please report it", e);
      }
      told |= connected;
      connected = false;
      pause();
    }
  }

  private void pause() {
    try {
      for (long left = pauseMillis; left > 0 && !closing; left -= POLL_MILLIS) {
        Thread.sleep(Math.min(left, POLL_MILLIS));
      }
    } catch (InterruptedException e) {
      closing = true;
    }
    pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
  }

  private void hear(Connection connection, boolean again) throws SQLException {
    PGConnection postgres = connection.unwrap(PGConnection.class);
    while (!closing) {
      boolean more = listen(connection);
      long now = System.nanoTime();
      boolean missed = more || !connected;
      if (missed || now - lookedNanos > LOOK_NANOS) {
        ear.look(connection, missed);
        lookedNanos = now;
        pauseMillis = FIRST_PAUSE_MILLIS;
        if (!connected && again) {
          log.info("reconnected to the database");
        }
        connected = true;
      }
      @Nullable PGNotification[] heard = postgres.getNotifications(POLL_MILLIS);
      for (PGNotification one : heard == null ? new PGNotification[0] : heard) {
        if (one != null) {
          heard(one.getParameter());
        }
      }
    }
  }

  /**
   * Listens to the shards that are of interest by now.
   *
   * @return whether there are more of them than before
   */
  private boolean listen(Connection connection) throws SQLException {
    BitSet shards = ear.shards();
    if (shards.equals(listening)) {
      return false;
    }
    StringBuilder sql = new StringBuilder();
    boolean more = false;
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      if (shards.get(shard) != listening.get(shard)) {
        more |= shards.get(shard);
        sql.append(shards.get(shard) ? "LISTEN " : "UNLISTEN ")
            .append(Shards.channel(shard))
            .append(';');
      }
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql.toString());
    }
    listening = shards;
    return more;
  }

  /** As {@link Announcer#payload} has made it. */
  private void heard(String payload) {
    int first = payload.indexOf(' ');
    int second = payload.indexOf(' ', first + 1);
    if (first < 0 || second < 0 || payload.startsWith(server + " ")) {
      return;
    }
    try {
      ear.heard(
          payload.substring(second + 1), Long.parseLong(payload.substring(first + 1, second)));
    } catch (NumberFormatException e) {
      log.debug("a notification that is none of ours: {}", payload);
    }
  }
}
