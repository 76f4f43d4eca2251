package io.chatroom.server.log.shared;

import io.chatroom.server.log.LogMetrics;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.log.shared.GroupStore.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
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
 * Stores bursts, one batch per room at a time, and the batches of several waiting rooms in one
 * transaction. While the database is away, bursts are refused, and only one room keeps trying: each
 * attempt may leave a connection behind on which the database still waits for its standby.
 * Thread-safe.
 */
final class Writers {

  private static final Logger log = LoggerFactory.getLogger(Writers.class);

  private static final int THREADS = 8;

  /**
   * The number of concurrent transactions for several rooms: one can work while the other waits for
   * the disk. With more, each would be smaller, and they would block each other.
   */
  private static final int LANES = 2;

  /** The limits of a transaction for several rooms. */
  private static final int GROUP_ROOMS = 64;

  private static final int GROUP_MESSAGES = 2_000;
  private static final long GROUP_BYTES = 4L * 1024 * 1024;
  private static final int GROUP_TRIES = 10;
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  /** After this time without an answer, waiting bursts are refused; they may still be stored. */
  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long SLOW_POLL_MILLIS = 500;

  private final SharedDatabase database;
  private final BurstStore bursts;
  private final GroupStore groups;
  private final Announcer announcer;
  private final LogMetrics metrics;
  private final ThreadPoolExecutor threads;
  private final ScheduledThreadPoolExecutor later =
      new ScheduledThreadPoolExecutor(1, Writers::thread);

  private final Semaphore lanes = new Semaphore(LANES);

  /** Rooms with bursts to store. */
  private final Queue<SharedLog> ready = new ConcurrentLinkedQueue<>();

  /** Batches to try again, as another server was storing in the room. */
  private final Queue<Work> busy = new ConcurrentLinkedQueue<>();

  private final Outage outage = new Outage();

  /** The current retry pauses of rooms that fail on their own, in milliseconds. */
  private final ConcurrentHashMap<SharedLog, Long> pauses = new ConcurrentHashMap<>();

  /** Since when rooms have bursts to store. */
  private final ConcurrentHashMap<SharedLog, Long> sinceNanos = new ConcurrentHashMap<>();

  /** Since when threads wait for an answer of the database. */
  private final ConcurrentHashMap<Thread, Long> queriesSinceNanos = new ConcurrentHashMap<>();

  Writers(SharedDatabase database, byte[] server, Announcer announcer, LogMetrics metrics) {
    this.database = database;
    this.bursts = new BurstStore(server);
    this.groups = new GroupStore(server);
    this.announcer = announcer;
    this.metrics = metrics;
    this.threads =
        new ThreadPoolExecutor(
            THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Writers::thread);
    threads.allowCoreThreadTimeOut(true);
    later.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    later.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    later.scheduleWithFixedDelay(
        () -> attempt(this::refuseSlow), SLOW_POLL_MILLIS, SLOW_POLL_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "store");
    thread.setDaemon(true);
    return thread;
  }

  /** Returns true while bursts are refused in all rooms. */
  boolean isRefusing() {
    return outage.why() != null;
  }

  /** Schedules the storing of a room's bursts. */
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
    } catch (RuntimeException | Error e) { // must not affect other rooms
      log.error("this is a defect of chat-server, please report it", e);
    }
  }

  /** Refuses bursts that have waited too long; the connection itself times out much later. */
  private void refuseSlow() {
    long before = System.nanoTime() - SLOW_NANOS;
    if (queriesSinceNanos.values().stream().anyMatch(since -> since - before < 0)) {
      sinceNanos.forEach(
          (room, since) -> {
            if (since - before < 0) {
              room.refuse(Refusal.AWAY);
            }
          });
    }
  }

  /** Rooms that become ready while all lanes are busy are stored together when one is free. */
  private void storeReady() {
    while (!(busy.isEmpty() && ready.isEmpty()) && lanes.tryAcquire()) {
      try {
        List<Work> works = takeReady();
        if (!works.isEmpty()) {
          storeGroup(works);
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
    Work retried;
    while (works.size() < GROUP_ROOMS && (retried = busy.poll()) != null) {
      works.add(retried);
      messages += retried.batch().messages();
      bytes += retried.batch().bytes();
    }
    SharedLog room;
    while (works.size() < GROUP_ROOMS
        && messages < GROUP_MESSAGES
        && bytes < GROUP_BYTES
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

  /** Takes a batch; a defect here must not affect rooms that are taken together with this one. */
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

  /** Refuses and parks a room while the database is away; returns false if it is not away. */
  private boolean isRefused(SharedLog room) {
    Refusal why = outage.why();
    if (why == null) {
      return false;
    }
    room.refuse(why);
    return outage.park(room);
  }

  private void storeGroup(List<Work> works) {
    long began = System.nanoTime();
    works.forEach(work -> sinceNanos.putIfAbsent(work.room(), began));
    queriesSinceNanos.put(Thread.currentThread(), began);
    GroupStore.Outcome outcome;
    try (Connection connection = database.take()) {
      outcome = groups.store(connection, works);
    } catch (SQLException e) {
      if (SharedTrouble.isAway(e)) {
        works.forEach(work -> attempt(() -> failed(work.room(), e)));
      } else {
        log.debug("cannot store rooms together", e);
        works.forEach(this::storeAlone);
      }
      return;
    } catch (RuntimeException | Error e) { // a defect with one of the rooms
      log.error("this is a defect of chat-server, please report it", e);
      works.forEach(this::storeAlone);
      return;
    } finally {
      queriesSinceNanos.remove(Thread.currentThread());
    }
    long nanos = System.nanoTime() - began;
    int messages = 0;
    for (int i = 0; i < works.size(); i++) {
      Work work = works.get(i);
      BurstStore.Stored where = outcome.stored().get(i);
      if (where != null) {
        messages += work.batch().messages();
        attempt(() -> stored(work, where));
      } else if (outcome.busy().get(i) && works.size() > 1 && work.tries() < GROUP_TRIES) {
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
    run(threads, () -> storeBatch(work));
  }

  private void storeNext(SharedLog room) {
    Batch batch = take(room);
    if (batch != null) {
      storeBatch(new Work(room, batch, 0));
    }
  }

  private void storeBatch(Work work) {
    SharedLog room = work.room();
    Batch batch = work.batch();
    long began = System.nanoTime();
    sinceNanos.putIfAbsent(room, began);
    queriesSinceNanos.put(Thread.currentThread(), began);
    BurstStore.@Nullable Stored stored;
    try (Connection connection = database.take()) {
      stored = storeOrRetry(connection, room, batch);
    } catch (SQLException e) {
      failed(room, e);
      return;
    } catch (RuntimeException | Error e) {
      defect(room, e);
      return;
    } finally {
      queriesSinceNanos.remove(Thread.currentThread());
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
    recovered();
    room.stored(work.batch(), stored);
    if (stored != null) {
      announcer.add(room.room().name(), stored.firstSeq() + messages - 1);
    }
    write(room);
  }

  /** Treats a defect as a failure to store. */
  private void defect(SharedLog room, Throwable e) {
    log.error("this is a defect of chat-server, please report it", e);
    failed(room, new SQLException(e.toString(), SharedTrouble.DEFECT, e));
  }

  private BurstStore.@Nullable Stored storeOrRetry(
      Connection connection, SharedLog room, Batch batch) throws SQLException {
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
    room.failed(SharedTrouble.refusal(e)); // before the room can be scheduled again
    if (SharedTrouble.isAway(e)) {
      beginOutage(room, e);
    } else if (!SharedTrouble.isBusy(e) || !outage.park(room)) {
      recovered(); // the database answers
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
          "cannot store messages of room {}, will keep trying: {}",
          room.room().name(),
          SharedTrouble.words(e));
    }
    schedule(pause, () -> write(room));
  }

  private void beginOutage(SharedLog room, SQLException e) {
    long pause = outage.begin(room, SharedTrouble.refusal(e));
    if (pause > 0) {
      log.error("cannot store messages, will keep trying: {}", SharedTrouble.words(e));
      schedule(pause, this::probe);
    }
  }

  private void schedule(long millis, Runnable task) {
    try {
      later.schedule(() -> run(threads, task), millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("the server stops", e);
    }
  }

  /** Lets one room, always the same one, try to store until it succeeds. */
  private void probe() {
    SharedLog room = outage.prober();
    if (room == null) {
      return;
    }
    if (!room.hasWaiting()) {
      forget(room);
    }
    attempt(() -> storeNext(room));
    long pause = outage.nextPauseMillis();
    if (pause > 0) {
      schedule(pause, this::probe);
    }
  }

  /** Called when the database answers: schedules the parked rooms. */
  private void recovered() {
    Set<SharedLog> parked = outage.end();
    if (parked != null) {
      log.info("messages are stored again");
      parked.forEach(this::write);
    }
  }

  /** Forgets a closed room. */
  void forget(SharedLog room) {
    pauses.remove(room);
    sinceNanos.remove(room);
    outage.forget(room);
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
