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
 * Listens for notifications of other servers' messages: one thread and one connection for all
 * rooms. It listens only to the shards of known rooms. Once a second, and after each connect or new
 * shard, it polls for messages whose notification may have been missed.
 */
final class NotificationListener implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(NotificationListener.class);

  private static final int POLL_MILLIS = 100;
  private static final long STORE_POLL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  /** Called by the listener's thread. */
  interface Callback {

    /** The shards to listen to. */
    BitSet shards();

    /** Called when another server has stored messages up to this seq. */
    void notified(String room, long newest);

    /**
     * Checks the store for messages whose notification was missed.
     *
     * @param all true if notifications may have been missed in any room; false if it is enough to
     *     check some rooms, and others the next time
     */
    void poll(Connection connection, boolean all) throws SQLException;
  }

  private final SharedDatabase database;
  private final String server;
  private final Callback callback;
  private BitSet listening = new BitSet();
  private long polledNanos;
  private long pauseMillis = FIRST_PAUSE_MILLIS;
  private volatile boolean connected;
  private volatile boolean closing;

  NotificationListener(SharedDatabase database, String server, Callback callback) {
    this.database = database;
    this.server = server;
    this.callback = callback;
  }

  /** Returns true while it receives notifications. */
  boolean isConnected() {
    return connected;
  }

  void close() {
    closing = true;
  }

  @Override
  public void run() {
    boolean isLogged = false;
    while (!closing) {
      try (Connection connection = database.connect()) {
        listening = new BitSet();
        listen(connection, isLogged);
      } catch (SQLException e) {
        if (!closing && !isLogged) {
          log.warn("cannot reach the database, will keep trying: {}", SharedTrouble.words(e));
        }
        isLogged = true;
        log.debug("not connected", e);
      } catch (RuntimeException | Error e) { // the thread must survive
        log.error("this is a defect of chat-server, please report it", e);
      }
      isLogged |= connected;
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

  private void listen(Connection connection, boolean reconnects) throws SQLException {
    PGConnection postgres = connection.unwrap(PGConnection.class);
    while (!closing) {
      boolean more = subscribe(connection);
      long now = System.nanoTime();
      boolean missed = more || !connected;
      if (missed || now - polledNanos > STORE_POLL_NANOS) {
        callback.poll(connection, missed);
        polledNanos = now;
        pauseMillis = FIRST_PAUSE_MILLIS;
        if (!connected && reconnects) {
          log.info("reconnected to the database");
        }
        connected = true;
      }
      @Nullable PGNotification[] some = postgres.getNotifications(POLL_MILLIS);
      for (PGNotification one : some == null ? new PGNotification[0] : some) {
        if (one != null) {
          notified(one.getParameter());
        }
      }
    }
  }

  /**
   * Subscribes to the shards of the rooms that are known now.
   *
   * @return true if a shard was added
   */
  private boolean subscribe(Connection connection) throws SQLException {
    BitSet shards = callback.shards();
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

  /** Handles a payload made by {@link Announcer#payload}. */
  private void notified(String payload) {
    int first = payload.indexOf(' ');
    int second = payload.indexOf(' ', first + 1);
    if (first < 0 || second < 0 || payload.startsWith(server + " ")) {
      return;
    }
    try {
      callback.notified(
          payload.substring(second + 1), Long.parseLong(payload.substring(first + 1, second)));
    } catch (NumberFormatException e) {
      log.debug("unknown notification: {}", payload);
    }
  }
}
