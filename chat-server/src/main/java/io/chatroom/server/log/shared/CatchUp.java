package io.chatroom.server.log.shared;

import io.chatroom.server.log.shared.RoomSnapshot.Request;
import io.chatroom.server.log.shared.RoomSnapshot.Result;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what the store has and rooms have not delivered yet: one thread, and one query for all
 * rooms that are behind at that moment. If the store cannot be read, it retries.
 */
final class CatchUp implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(CatchUp.class);

  /** The maximum number of rooms in a query; each can return {@code RoomLog.READ_BYTES}. */
  private static final int MAX_ROOMS = 64;

  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 1_000;

  private final SharedDatabase database;
  private final byte[] server;
  private final Set<SharedLog> behind = new LinkedHashSet<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private boolean closing;

  CatchUp(SharedDatabase database, byte[] server) {
    this.database = database;
    this.server = server.clone();
  }

  /** Adds a room that is behind. Thread-safe. */
  synchronized void add(SharedLog room) {
    if (behind.add(room)) {
      notifyAll();
    }
  }

  /** The number of rooms that are behind. */
  synchronized int size() {
    return behind.size();
  }

  synchronized void close() {
    closing = true;
    end.countDown();
    notifyAll();
  }

  @Override
  public void run() {
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      List<SharedLog> some = next();
      if (some.isEmpty()) {
        return;
      }
      try {
        readAll(some);
        pause = FIRST_PAUSE_MILLIS;
      } catch (SQLException e) {
        log.debug("cannot read messages of other servers", e);
        some.forEach(this::add);
        pause(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
      } catch (RuntimeException | Error e) { // the thread must survive, even an OutOfMemoryError
        log.error("this is a defect of chat-server, please report it", e);
        some.forEach(this::add);
        pause(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
      }
    }
  }

  /** Waits for rooms and takes some of them; empty after {@link #close}. */
  private synchronized List<SharedLog> next() {
    try {
      while (behind.isEmpty() && !closing) {
        wait();
      }
    } catch (InterruptedException e) {
      closing = true;
    }
    List<SharedLog> some = new ArrayList<>();
    Iterator<SharedLog> all = behind.iterator();
    while (!closing && all.hasNext() && some.size() < MAX_ROOMS) {
      some.add(all.next());
      all.remove();
    }
    return some;
  }

  private void pause(long millis) {
    try {
      end.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      close();
    }
  }

  private void readAll(List<SharedLog> some) throws SQLException {
    Map<String, SharedLog> logs = new LinkedHashMap<>();
    Map<String, SharedRoom> known = new HashMap<>();
    List<Request> all = new ArrayList<>();
    for (SharedLog one : some) {
      SharedRoom room = one.room();
      Request request = one.nextRequest();
      if (request != null && logs.put(request.name(), one) == null) {
        all.add(request);
        known.put(request.name(), room);
      }
    }
    if (all.isEmpty()) {
      return;
    }
    try (Connection connection = database.take()) {
      Map<String, RoomSnapshot> found = RoomQuery.snapshots(connection, server, all);
      Set<SharedRoom> lost = new HashSet<>();
      for (Map.Entry<String, SharedLog> one : logs.entrySet()) {
        RoomSnapshot snapshot = found.get(one.getKey());
        SharedRoom room = Objects.requireNonNull(known.get(one.getKey()));
        Result result =
            snapshot != null
                ? one.getValue().apply(snapshot)
                : room.newest() > 0 ? Result.LOST : Result.DONE;
        if (result == Result.LOST) {
          lost.add(room);
        }
        if (result != Result.DONE) {
          add(one.getValue());
        }
      }
      if (!lost.isEmpty()) {
        renew(connection, lost);
      }
    }
  }

  /** Begins a new epoch in rooms that lost messages; the next query reads their new state. */
  static void renew(Connection connection, Set<SharedRoom> lost) throws SQLException {
    log.warn(
        "the database lacks messages that were already delivered, as after a restore or a failover"
            + " to a standby that lagged: {} rooms begin a new epoch, among them {}",
        lost.size(),
        lost.iterator().next().name());
    RoomQuery.renew(connection, lost);
  }
}
