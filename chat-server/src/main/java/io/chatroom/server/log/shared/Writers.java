package io.chatroom.server.log.shared;

import io.chatroom.server.log.LogMetrics;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.log.shared.TogetherStore.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores what is said, a batch of a room at a time, and the batches of rooms that wait meanwhile
 * together. While the database is away, what is said is refused, and one room alone tries, until it
 * can be stored: each try may leave a connection behind on which the database still waits for its
 * standby.
 */
final class Writers {

  private static final Logger log = LoggerFactory.getLogger(Writers.class);

  private static final int THREADS = 8;

  /**
   * How many transactions store rooms together at once: one can work while another one waits for
   * the disk. More would be smaller, and stop each other.
   */
  private static final int LANES = 2;

  /** What is stored together at most. */
  private static final int ROOMS_TOGETHER = 64;

  private static final int MESSAGES_TOGETHER = 2_000;
  private static final long BYTES_TOGETHER = 4L * 1024 * 1024;
  private static final int TRIES_TOGETHER = 10;
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  /**
   * When no answer comes for so long, what waits is refused, though it may be stored in the end.
   */
  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long LOOK_MILLIS = 500;

  private final SharedDatabase database;
  private final BurstStore bursts;
  private final TogetherStore together;
  private final Announcer announcer;
  private final LogMetrics metrics;
  private final ThreadPoolExecutor threads;
  private final ScheduledThreadPoolExecutor later =
      new ScheduledThreadPoolExecutor(1, Writers::thread);

  private final Semaphore lanes = new Semaphore(LANES);

  /** Rooms of which something is to be stored. */
  private final Queue<SharedLog> ready = new ConcurrentLinkedQueue<>();

  /** What could not be stored with others, as another server stored in the room. */
  private final Queue<Work> busy = new ConcurrentLinkedQueue<>();

  /** Rooms whose batch waits for better times; the one that tries first. Belongs to the lock. */
  private final Set<SharedLog> parked = new LinkedHashSet<>();

  /** How long rooms wait that have trouble of their own, in milliseconds. */
  private final ConcurrentHashMap<SharedLog, Long> pauses = new ConcurrentHashMap<>();

  /** Since when rooms have something to be stored. */
  private final ConcurrentHashMap<SharedLog, Long> sinceNanos = new ConcurrentHashMap<>();

  /** Since when threads wait for the database to store something. */
  private final ConcurrentHashMap<Thread, Long> askedNanos = new ConcurrentHashMap<>();

  /** Why what is said is refused in all rooms; null if it is not. */
  private volatile @Nullable Refusal away;

  private long pauseMillis;

  Writers(SharedDatabase database, byte[] server, Announcer announcer, LogMetrics metrics) {
    this.database = database;
    this.bursts = new BurstStore(server);
    this.together = new TogetherStore(server);
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
    ready.add(room);
    run(threads, this::storeReady);
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

  /** Rooms that become ready while the lanes are taken go together when one is free. */
  private void storeReady() {
    while (!(busy.isEmpty() && ready.isEmpty()) && lanes.tryAcquire()) {
      try {
        List<Work> works = takeReady();
        if (!works.isEmpty()) {
          store(works);
        }
      } finally {
        lanes.release();
      }
    }
  }

  private List<Work> takeReady() {
    List<Work> works = new ArrayList<>();
    long messages = 0;
    long bytes = 0;
    Work waited;
    while (works.size() < ROOMS_TOGETHER && (waited = busy.poll()) != null) {
      works.add(waited);
      messages += waited.batch().messages();
      bytes += waited.batch().bytes();
    }
    SharedLog room;
    while (works.size() < ROOMS_TOGETHER
        && messages < MESSAGES_TOGETHER
        && bytes < BYTES_TOGETHER
        && (room = ready.poll()) != null) {
      Batch batch = takeOrRefuse(room);
      if (batch == null) {
        continue;
      }
      Work work = new Work(room, batch, 0);
      if (work.isPlain()) {
        works.add(work);
        messages += batch.messages();
        bytes += batch.bytes();
      } else {
        storeAlone(work);
      }
    }
    return works;
  }

  /** Those that are taken with it must not suffer. */
  private @Nullable Batch takeOrRefuse(SharedLog room) {
    try {
      return isRefused(room) ? null : take(room);
    } catch (RuntimeException | Error e) {
      log.error("this is a defect of chat-server, please report it", e);
      return null;
    }
  }

  private @Nullable Batch take(SharedLog room) {
    Batch batch = room.take();
    if (batch == null && !room.hasWaiting()) {
      sinceNanos.remove(room);
    }
    return batch;
  }

  /** Whether what is said there is refused for now. */
  private boolean isRefused(SharedLog room) {
    Refusal why = away;
    if (why == null) {
      return false;
    }
    room.refuse(why);
    return park(room);
  }

  private void store(List<Work> works) {
    long began = System.nanoTime();
    works.forEach(work -> sinceNanos.putIfAbsent(work.room(), began));
    askedNanos.put(Thread.currentThread(), began);
    TogetherStore.Outcome outcome;
    try (Connection connection = database.take()) {
      outcome = together.store(connection, works);
    } catch (SQLException e) {
      if (SharedTrouble.isAway(e)) {
        works.forEach(work -> attempt(() -> failed(work.room(), e)));
      } else {
        log.debug("not stored together", e);
        works.forEach(this::storeAlone);
      }
      return;
    } catch (RuntimeException | Error e) { // of one of them
      log.error("this is a defect of chat-server, please report it", e);
      works.forEach(this::storeAlone);
      return;
    } finally {
      askedNanos.remove(Thread.currentThread());
    }
    long nanos = System.nanoTime() - began;
    int messages = 0;
    for (int i = 0; i < works.size(); i++) {
      Work work = works.get(i);
      BurstStore.Stored where = outcome.stored().get(i);
      if (where != null) {
        messages += work.batch().messages();
        attempt(() -> stored(work, where));
      } else if (outcome.busy().get(i) && works.size() > 1 && work.tries() < TRIES_TOGETHER) {
        busy.add(work.again());
      } else {
        storeAlone(work);
      }
    }
    if (messages > 0) {
      count(messages, nanos);
    }
  }

  private void storeAlone(Work work) {
    run(threads, () -> store(work));
  }

  private void store(SharedLog room) {
    Batch batch = take(room);
    if (batch != null) {
      store(new Work(room, batch, 0));
    }
  }

  private void store(Work work) {
    SharedLog room = work.room();
    Batch batch = work.batch();
    long began = System.nanoTime();
    sinceNanos.putIfAbsent(room, began);
    askedNanos.put(Thread.currentThread(), began);
    BurstStore.@Nullable Stored stored;
    try (Connection connection = database.take()) {
      stored = store(connection, room, batch);
    } catch (SQLException e) {
      failed(room, e);
      return;
    } catch (RuntimeException | Error e) {
      defect(room, e);
      return;
    } finally {
      askedNanos.remove(Thread.currentThread());
    }
    count(batch.messages(), System.nanoTime() - began);
    stored(work, stored);
  }

  private void count(int messages, long nanos) {
    synchronized (metrics) {
      metrics.stored(messages, nanos, nanos);
    }
  }

  private void stored(Work work, BurstStore.@Nullable Stored stored) {
    SharedLog room = work.room();
    int messages = work.batch().messages();
    pauses.remove(room);
    sinceNanos.remove(room);
    goOn();
    room.stored(work.batch(), stored);
    if (stored != null) {
      announcer.add(room.room().name(), stored.firstSeq() + messages - 1);
    }
    write(room);
  }

  /** What cannot be stored must not end who stores. */
  private void defect(SharedLog room, Throwable e) {
    log.error("this is a defect of chat-server, please report it", e);
    failed(room, new SQLException(e.toString(), SharedTrouble.DEFECT, e));
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
    room.failed(SharedTrouble.refusal(e)); // before somebody may be sent for what it has
    if (SharedTrouble.isAway(e)) {
      beginAway(room, e);
    } else if (!SharedTrouble.isBusy(e) || !park(room)) {
      goOn(); // it answers
      tryLater(room, e);
    }
  }

  private void tryLater(SharedLog room, SQLException e) {
    long pause =
        pauses.merge(
            room,
            FIRST_PAUSE_MILLIS,
            (before, first) -> Math.min(2 * before, LONGEST_PAUSE_MILLIS));
    if (pause == FIRST_PAUSE_MILLIS) {
      log.error(
          "messages in room {} cannot be stored and wait until they can: {}",
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
    log.error("messages cannot be stored and wait until they can: {}", SharedTrouble.words(e));
    schedule(FIRST_PAUSE_MILLIS, this::tryAgain);
  }

  /**
   * A room waits for better times, as the database may still wait there for its standby.
   *
   * @return false if all is well
   */
  private synchronized boolean park(SharedLog room) {
    if (away != null) {
      parked.add(room);
    }
    return away != null;
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
    attempt(() -> store(room));
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
    log.info("messages can be stored again");
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
