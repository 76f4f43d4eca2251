package io.chatroom.server.log.shared;

import io.chatroom.server.log.shared.Found.Use;
import io.chatroom.server.log.shared.Found.Wanted;
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
 * Brings rooms what the store has and they have not handed on: one thread, and one query for all
 * rooms that need it at that moment. While the store cannot be read, they wait.
 */
final class CatchUp implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(CatchUp.class);

  /** How many rooms one query is for; each may bring {@code RoomLog.READ_BYTES}. */
  private static final int ROOMS = 64;

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

  /** A room lacks something. From any thread. */
  synchronized void add(SharedLog room) {
    if (behind.add(room)) {
      notifyAll();
    }
  }

  /** How many rooms lack something. */
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
        bring(some);
        pause = FIRST_PAUSE_MILLIS;
      } catch (SQLException e) {
        log.debug("what others have said is not read", e);
        some.forEach(this::add);
        pause(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
      } catch (RuntimeException | Error e) { // such as no memory for a moment; it must go on
        log.error("this is a defect of chat-server, please report it", e);
        some.forEach(this::add);
        pause(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
      }
    }
  }

  /** Those that need it, some at a time; none at the end. */
  private synchronized List<SharedLog> next() {
    try {
      while (behind.isEmpty() && !closing) {
        wait();
      }
    } catch (InterruptedException e) {
      closing = true; // nobody means this thread but to end it
    }
    List<SharedLog> some = new ArrayList<>();
    Iterator<SharedLog> all = behind.iterator();
    while (!closing && all.hasNext() && some.size() < ROOMS) {
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

  private void bring(List<SharedLog> some) throws SQLException {
    Map<String, SharedLog> logs = new LinkedHashMap<>();
    Map<String, SharedRoom> known = new HashMap<>();
    List<Wanted> all = new ArrayList<>();
    for (SharedLog one : some) {
      SharedRoom room = one.room();
      Wanted wanted = one.wanted();
      if (wanted != null && logs.put(wanted.name(), one) == null) {
        all.add(wanted);
        known.put(wanted.name(), room);
      }
    }
    if (all.isEmpty()) {
      return;
    }
    try (Connection connection = database.take()) {
      Map<String, Found> found = RoomQuery.behind(connection, server, all);
      Set<SharedRoom> lost = new HashSet<>();
      for (Map.Entry<String, SharedLog> one : logs.entrySet()) {
        Found there = found.get(one.getKey());
        SharedRoom room = Objects.requireNonNull(known.get(one.getKey()));
        Use use =
            there != null ? one.getValue().found(there) : room.newest() > 0 ? Use.LOST : Use.DONE;
        if (use == Use.LOST) {
          lost.add(room);
        }
        if (use != Use.DONE) {
          add(one.getValue());
        }
      }
      if (!lost.isEmpty()) {
        renew(connection, lost);
      }
    }
  }

  /** Begins those rooms anew; what they have now comes with the next query. */
  static void renew(Connection connection, Set<SharedRoom> lost) throws SQLException {
    log.warn(
        "the database lacks messages that were already delivered, as after a restore or a failover"
            + " to a standby that lagged: {} rooms begin a new epoch, among them {}",
        lost.size(),
        lost.iterator().next().name());
    RoomQuery.renew(connection, lost);
  }
}
