package io.chatroom.server.log.shared;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for notifications on one channel, over a connection of its own. */
public final class ChannelListener implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ChannelListener.class);

  private static final int IDLE_MILLIS = 20_000;
  private static final long RECONNECT_MILLIS = 1_000;

  /** Called by the listener's thread; must return soon. */
  public interface Callback {

    /**
     * Called after each connect, as notifications may have been missed before, and after 20 seconds
     * without a notification.
     */
    void poll();

    /** Called for each notification. */
    void notified(String payload);
  }

  private final SharedDatabase database;
  private final String channel;
  private final Callback callback;
  private final Thread thread;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable Connection connection;

  /** Creates a listener; {@link #start} connects it. */
  public ChannelListener(SharedDatabase database, String channel, Callback callback) {
    this.database = database;
    this.channel = channel;
    this.callback = callback;
    this.thread = new Thread(this::run, channel);
    thread.setDaemon(true);
  }

  /** Starts listening. */
  public void start() {
    thread.start();
  }

  private void run() {
    try {
      do {
        listen();
      } while (!closed.await(RECONNECT_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      log.debug("listening ends", e);
    }
  }

  private void listen() {
    try (Connection own = database.connect();
        Statement statement = own.createStatement()) {
      connection = own;
      statement.execute("LISTEN " + channel);
      callback.poll();
      PGConnection postgres = own.unwrap(PGConnection.class);
      while (closed.getCount() > 0) {
        PGNotification[] some = postgres.getNotifications(IDLE_MILLIS);
        if (some == null || some.length == 0) {
          statement.execute("SELECT 1"); // detects a dead connection
          callback.poll();
        } else {
          for (PGNotification one : some) {
            callback.notified(one.getParameter());
          }
        }
      }
    } catch (SQLException e) {
      log.debug("cannot listen for now", e);
    } catch (RuntimeException | Error e) { // the thread must survive
      log.error("this is a defect of chat-server, please report it", e);
    } finally {
      connection = null;
    }
  }

  @Override
  public void close() {
    closed.countDown();
    Connection own = connection;
    if (own != null) {
      try {
        own.abort(Runnable::run); // wakes the thread if it waits for notifications
      } catch (SQLException e) {
        log.debug("cannot abort the connection", e);
      }
    }
  }
}
