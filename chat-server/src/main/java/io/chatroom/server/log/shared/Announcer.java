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
 * Notifies other servers of stored messages, with one statement for all rooms that have new ones.
 * It does so after the commit: a NOTIFY inside the transaction would hold a database-wide lock
 * during the sync, so that no two transactions could share one. If a notification is lost, other
 * servers find the messages when they poll, within a second.
 */
final class Announcer implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Announcer.class);

  private static final String NOTIFY =
      "SELECT pg_notify(c, p) FROM unnest(?::text[], ?::text[]) AS n(c, p)";

  private static final int MAX_ROOMS = 1_000;
  private static final long RETRY_MILLIS = 500;

  private final SharedDatabase database;
  private final String server;

  /** The newest seq of each room that has not been announced yet. */
  private final Map<String, Long> pending = new LinkedHashMap<>();

  private final CountDownLatch end = new CountDownLatch(1);
  private boolean closing;
  private @Nullable Connection connection;

  Announcer(SharedDatabase database, String server) {
    this.database = database;
    this.server = server;
  }

  /** Announces that a room has messages up to this seq. Thread-safe. */
  synchronized void add(String room, long newest) {
    if (closing) {
      return;
    }
    pending.merge(room, newest, Math::max);
    notifyAll();
  }

  /** Makes the thread end after one last attempt to announce what is pending. */
  synchronized void close() {
    closing = true;
    end.countDown();
    notifyAll();
  }

  /** The payload of a notification. */
  static String payload(String server, long newest, String room) {
    return server + " " + newest + " " + room;
  }

  @Override
  public void run() {
    while (true) {
      Map<String, Long> batch = next();
      if (batch.isEmpty()) {
        disconnect();
        return;
      }
      try {
        announce(batch);
      } catch (SQLException e) {
        log.debug("cannot notify other servers, they will poll", e);
        disconnect();
        pause();
      } catch (RuntimeException | Error e) { // the thread must survive
        log.error("this is a defect of chat-server, please report it", e);
        disconnect();
        pause();
      }
    }
  }

  private synchronized Map<String, Long> next() {
    try {
      while (pending.isEmpty() && !closing) {
        wait();
      }
    } catch (InterruptedException e) {
      closing = true;
    }
    Map<String, Long> batch = new LinkedHashMap<>();
    var all = pending.entrySet().iterator();
    while (all.hasNext() && batch.size() < MAX_ROOMS) {
      Map.Entry<String, Long> one = all.next();
      batch.put(one.getKey(), one.getValue());
      all.remove();
    }
    return batch;
  }

  private void pause() {
    try {
      end.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      close();
    }
  }

  private void announce(Map<String, Long> batch) throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = database.connect();
      connection = open;
      try (Statement set = open.createStatement()) {
        set.execute("SET synchronous_commit = off"); // a notification need not be durable
      }
    }
    Object[] channels =
        batch.keySet().stream().map(room -> Shards.channel(Shards.of(room))).toArray();
    Object[] payloads =
        batch.entrySet().stream()
            .map(one -> payload(server, one.getValue(), one.getKey()))
            .toArray();
    try (PreparedStatement announce = open.prepareStatement(NOTIFY)) {
      announce.setArray(1, open.createArrayOf("text", channels));
      announce.setArray(2, open.createArrayOf("text", payloads));
      announce.execute();
    }
  }

  private void disconnect() {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      log.debug("cannot close the connection", e);
    }
    connection = null;
  }
}
