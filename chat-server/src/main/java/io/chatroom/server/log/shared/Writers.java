package io.chatroom.server.log.shared;

import io.chatroom.server.log.LogMetrics;
import io.chatroom.server.log.Refusal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores what is said, a batch of a room at a time, a few rooms at once. While the database is
 * away, what is said is refused, and one room alone tries, until it can be stored: each try may
 * leave a connection behind on which the database still waits for its standby.
 */
final class Writers {

  private static final Logger log = LoggerFactory.getLogger(Writers.class);

  private static final int THREADS = 8;
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  /**
   * When no answer comes for so long, what waits is refused, though it may be stored in the end.
   */
  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long LOOK_MILLIS = 500;

  private final SharedDatabase database;
  private final BurstStore bursts;
  private final Announcer announcer;
  private final LogMetrics metrics;
  private final ThreadPoolExecutor threads;
  private final ScheduledThreadPoolExecutor later =
      new ScheduledThreadPoolExecutor(1, Writers::thread);

  /** Rooms whose batch waits for better times; the one that tries first. Belongs to the lock. */
  private final Set<SharedLog> parked = new LinkedHashSet<>();

  /** How long rooms wait that have trouble of their own, in milliseconds. */
  private final ConcurrentHashMap<SharedLog, Long> pauses = new ConcurrentHashMap<>();

  /** Since when rooms have something to be stored. */
  private final ConcurrentHashMap<SharedLog, Long> sinceNanos = new ConcurrentHashMap<>();

  /** Of these, since when the database is being asked to. */
  private final ConcurrentHashMap<SharedLog, Long> askedNanos = new ConcurrentHashMap<>();

  /** Why what is said is refused in all rooms; null if it is not. */
  private volatile @Nullable Refusal away;

  private long pauseMillis;

  Writers(SharedDatabase database, byte[] server, Announcer announcer, LogMetrics metrics) {
    this.database = database;
    this.bursts = new BurstStore(server);
    this.announcer = announcer;
    this.metrics = metrics;
    this.threads =
        new ThreadPoolExecutor(
            THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Writers::thread);
    threads.allowCoreThreadTimeOut(true);
    later.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    later.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    later.scheduleWithFixedDelay(
        () -> attempt(this::refuseSlow), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "store");
    thread.setDaemon(true);
    return thread;
  }

  /** Whether what is said cannot be stored for now. */
  boolean isRefusing() {
    return away != null;
  }

  /** Something of a room is to be stored. From any thread. */
  void write(SharedLog room) {
    sinceNanos.putIfAbsent(room, System.nanoTime());
    run(threads, () -> storeOrRefuse(room));
  }

  private static void run(ThreadPoolExecutor threads, Runnable task) {
    try {
      threads.execute(() -> attempt(task));
    } catch (RejectedExecutionException e) {
      log.debug("the server stops", e);
    }
  }

  private static void attempt(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) { // the other rooms have done nothing
      log.error("this is a defect of chat-server, please report it", e);
    }
  }

  /** A database that gives no answer at all is given up much later. */
  private void refuseSlow() {
    long before = System.nanoTime() - SLOW_NANOS;
    if (askedNanos.values().stream().anyMatch(since -> since - before < 0)) {
      sinceNanos.forEach(
          (room, since) -> {
            if (since - before < 0) {
              room.refuse(Refusal.AWAY);
            }
          });
    }
  }

  private void storeOrRefuse(SharedLog room) {
    Refusal why = away;
    if (why != null) {
      room.refuse(why);
      synchronized (this) {
        if (away != null) {
          parked.add(room);
          return;
        }
      }
    }
    store(room);
  }

  private void store(SharedLog room) {
    Batch batch = room.take();
    if (batch == null) {
      if (!room.hasWaiting()) {
        sinceNanos.remove(room);
      }
      return;
    }
    long began = System.nanoTime();
    sinceNanos.putIfAbsent(room, began);
    askedNanos.put(room, began);
    BurstStore.@Nullable Stored stored;
    try (Connection connection = database.take()) {
      stored = store(connection, room, batch);
    } catch (SQLException e) {
      failed(room, e);
      return;
    } catch (RuntimeException | Error e) { // what cannot be stored must not end who stores
      log.error("this is a defect of chat-server, please report it", e);
      failed(room, new SQLException(e.toString(), SharedTrouble.DEFECT, e));
      return;
    } finally {
      askedNanos.remove(room);
    }
    long nanos = System.nanoTime() - began;
    int messages = batch.messages();
    synchronized (metrics) {
      metrics.stored(messages, nanos, nanos);
    }
    pauses.remove(room);
    sinceNanos.remove(room);
    goOn();
    room.stored(batch, stored);
    if (stored != null) {
      announcer.add(room.room().name(), stored.firstSeq() + messages - 1);
    }
    write(room);
  }

  private BurstStore.@Nullable Stored store(Connection connection, SharedLog room, Batch batch)
      throws SQLException {
    SharedRoom known = room.room();
    try {
      return bursts.store(connection, known, batch);
    } catch (SQLException e) {
      if (SharedTrouble.isLost(e)) {
        CatchUp.renew(connection, Set.of(known));
        return bursts.store(connection, room.room(), batch);
      } else if (SharedTrouble.isPassing(e)) {
        return bursts.store(connection, room.room(), batch);
      }
      throw e;
    }
  }

  private void failed(SharedLog room, SQLException e) {
    synchronized (metrics) {
      metrics.failed();
    }
    log.debug("not stored", e);
    if (SharedTrouble.isReadOnly(e)) {
      database.reconnect();
    }
    if (SharedTrouble.isAway(e)) {
      beginAway(room, e);
    } else if (away != null && SharedTrouble.isBusy(e)) {
      park(room); // the database may still wait there for its standby
    } else {
      goOn(); // it answers
      tryLater(room, e);
    }
    room.failed(SharedTrouble.refusal(e));
  }

  private void tryLater(SharedLog room, SQLException e) {
    long pause =
        pauses.merge(
            room,
            FIRST_PAUSE_MILLIS,
            (before, first) -> Math.min(2 * before, LONGEST_PAUSE_MILLIS));
    if (pause == FIRST_PAUSE_MILLIS) {
      log.error(
          "what is said in room {} cannot be stored, and waits until it can: {}",
          room.room().name(),
          SharedTrouble.words(e));
    }
    schedule(pause, () -> write(room));
  }

  private void beginAway(SharedLog room, SQLException e) {
    synchronized (this) {
      parked.add(room);
      boolean first = away == null;
      away = SharedTrouble.refusal(e);
      if (!first) {
        return;
      }
      pauseMillis = FIRST_PAUSE_MILLIS;
    }
    log.error("what is said cannot be stored, and waits until it can: {}", SharedTrouble.words(e));
    schedule(FIRST_PAUSE_MILLIS, this::tryAgain);
  }

  private synchronized void park(SharedLog room) {
    parked.add(room);
  }

  private void schedule(long millis, Runnable task) {
    try {
      later.schedule(() -> run(threads, task), millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("the server stops", e);
    }
  }

  /** One room tries for all, always the same one, until it can be stored. */
  private void tryAgain() {
    SharedLog room;
    synchronized (this) {
      if (parked.isEmpty()) {
        away = null; // the next one that says something will see
        return;
      }
      room = parked.iterator().next();
    }
    if (!room.hasWaiting()) {
      forget(room);
    }
    store(room);
    long pause;
    synchronized (this) {
      if (away == null) {
        return;
      }
      pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
      pause = pauseMillis;
    }
    schedule(pause, this::tryAgain);
  }

  /** The database does what it is asked. */
  private void goOn() {
    if (away == null) {
      return;
    }
    Set<SharedLog> all;
    synchronized (this) {
      if (away == null) {
        return;
      }
      away = null;
      all = Set.copyOf(parked);
      parked.clear();
    }
    log.info("what is said can be stored again");
    all.forEach(this::write);
  }

  /** Nothing of a room is to be stored any more. */
  void forget(SharedLog room) {
    pauses.remove(room);
    sinceNanos.remove(room);
    synchronized (this) {
      parked.remove(room);
    }
  }

  void close(Duration most) {
    later.shutdownNow();
    threads.shutdown();
    try {
      threads.awaitTermination(most.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
