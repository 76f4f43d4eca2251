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

/** Hears on a connection of its own what servers say to all others on one channel. */
public final class ChannelListener implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ChannelListener.class);

  private static final int WAITS_MILLIS = 20_000;
  private static final long AGAIN_MILLIS = 1_000;

  /** What it is for. */
  public interface Ear {

    /** It hears from now on, and has not heard what was said before; or nothing was said lately. */
    void listens();

    /** Something was said. */
    void heard(String what);
  }

  private final SharedDatabase database;
  private final String channel;
  private final Ear ear;
  private final Thread thread;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable Connection connection;

  /**
   * Hears nothing yet.
   *
   * @param ear is told by one thread, and must return soon
   */
  public ChannelListener(SharedDatabase database, String channel, Ear ear) {
    this.database = database;
    this.channel = channel;
    this.ear = ear;
    this.thread = new Thread(this::run, channel);
    thread.setDaemon(true);
  }

  /** Begins to hear. */
  public void start() {
    thread.start();
  }

  private void run() {
    try {
      do {
        listen();
      } while (!closed.await(AGAIN_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      log.debug("nothing is heard any more", e);
    }
  }

  private void listen() {
    try (Connection own = database.connect();
        Statement statement = own.createStatement()) {
      connection = own;
      statement.execute("LISTEN " + channel);
      ear.listens();
      PGConnection heardFrom = own.unwrap(PGConnection.class);
      while (closed.getCount() > 0) {
        PGNotification[] some = heardFrom.getNotifications(WAITS_MILLIS);
        if (some == null || some.length == 0) {
          statement.execute("SELECT 1"); // so that a connection is found that is none any more
          ear.listens();
        } else {
          for (PGNotification one : some) {
            ear.heard(one.getParameter());
          }
        }
      }
    } catch (SQLException e) {
      log.debug("nothing is heard for now", e);
    } catch (RuntimeException | Error e) { // it must go on
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
        own.abort(Runnable::run); // it may be waiting for what never comes
      } catch (SQLException e) {
        log.debug("a connection does not end", e);
      }
    }
  }
}
