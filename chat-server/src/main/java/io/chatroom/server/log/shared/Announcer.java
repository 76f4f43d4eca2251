package io.chatroom.server.log.shared;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells other servers what was stored, after it was: one statement for all rooms that have
 * something by then. Within the transaction that stores, it would hold a lock of the whole database
 * until the disk has it, and no two transactions could share a sync. What is lost here others find
 * within a second.
 */
final class Announcer implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Announcer.class);

  private static final String NOTIFY =
      "SELECT pg_notify(c, p) FROM unnest(?::text[], ?::text[]) AS n(c, p)";

  private static final int ROOMS = 1_000;
  private static final long PAUSE_MILLIS = 500;

  private final SharedDatabase database;
  private final String server;

  /** The highest number of each room that others have not been told of. */
  private final Map<String, Long> news = new LinkedHashMap<>();

  private final CountDownLatch end = new CountDownLatch(1);
  private boolean closing;
  private @Nullable Connection connection;

  Announcer(SharedDatabase database, String server) {
    this.database = database;
    this.server = server;
  }

  /** A room has messages up to this number. From any thread. */
  synchronized void add(String room, long newest) {
    if (closing) {
      return;
    }
    news.merge(room, newest, Math::max);
    notifyAll();
  }

  /** Ends once others are told of what there is, or cannot be. */
  synchronized void close() {
    closing = true;
    end.countDown();
    notifyAll();
  }

  /** What is told of a room. */
  static String payload(String server, long newest, String room) {
    return server + " " + newest + " " + room;
  }

  @Override
  public void run() {
    while (true) {
      Map<String, Long> some = next();
      if (some.isEmpty()) {
        disconnect();
        return;
      }
      try {
        tell(some);
      } catch (SQLException e) {
        log.debug("others are not told and will look", e);
        disconnect();
        pause();
      } catch (RuntimeException | Error e) { // it must go on
        log.error("this is a defect of chat-server, please report it", e);
        disconnect();
        pause();
      }
    }
  }

  private synchronized Map<String, Long> next() {
    try {
      while (news.isEmpty() && !closing) {
        wait();
      }
    } catch (InterruptedException e) {
      closing = true;
    }
    Map<String, Long> some = new LinkedHashMap<>();
    var all = news.entrySet().iterator();
    while (all.hasNext() && some.size() < ROOMS) {
      Map.Entry<String, Long> one = all.next();
      some.put(one.getKey(), one.getValue());
      all.remove();
    }
    return some;
  }

  private void pause() {
    try {
      end.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      close();
    }
  }

  private void tell(Map<String, Long> some) throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = database.connect();
      connection = open;
      try (Statement set = open.createStatement()) {
        set.execute("SET synchronous_commit = off"); // there is nothing in it to be kept
      }
    }
    Object[] channels =
        some.keySet().stream().map(room -> Shards.channel(Shards.of(room))).toArray();
    Object[] payloads =
        some.entrySet().stream()
            .map(one -> payload(server, one.getValue(), one.getKey()))
            .toArray();
    try (PreparedStatement tell = open.prepareStatement(NOTIFY)) {
      tell.setArray(1, open.createArrayOf("text", channels));
      tell.setArray(2, open.createArrayOf("text", payloads));
      tell.execute();
    }
  }

  private void disconnect() {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      log.debug("not closed", e);
    }
    connection = null;
  }
}
