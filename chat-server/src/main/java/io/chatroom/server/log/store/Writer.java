package io.chatroom.server.log.store;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.log.Burst;
import io.chatroom.server.log.LogMetrics;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.log.RoomLog.Follower;
import io.chatroom.server.log.store.BurstWriter.Again;
import io.chatroom.server.log.store.BurstWriter.Stored;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only thread that changes a store. It stores everything that waits, of all rooms, in one
 * transaction, and passes it on only after the commit. So a slow disk causes larger transactions,
 * not fewer messages.
 *
 * <p>If the store cannot be written, it refuses the bursts that wait, but keeps them in order and
 * retries, with growing pauses, until it succeeds.
 */
final class Writer implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Writer.class);

  /** The limits of one transaction. */
  private static final int TRANSACTION_MESSAGES = 10_000;

  private static final int TRANSACTION_BYTES = 4 * 1024 * 1024;

  /** Senders are slowed while more than this waits. */
  private static final long SLOW_BYTES = 8 * 1024 * 1024;

  /** Memory of a waiting message besides its bytes. */
  private static final int MESSAGE_BYTES = 64;

  /**
   * Approximate number of bytes that a transaction writes besides messages: some pages for each
   * room and index.
   */
  private static final int PAGES_BYTES = 16 * 1024;

  private static final long CHECKPOINT_BYTES = 4 * 1024 * 1024;
  private static final long IDLE_MILLIS = 1_000;
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;

  /** An entry that waits to be stored. */
  private sealed interface Waiting {

    /** Its memory, in bytes. */
    long bytes();
  }

  /** A burst of a room. */
  private static final class Posted implements Waiting {

    private final StoredLog log;
    private final Burst burst;
    private boolean refused;

    Posted(StoredLog log, Burst burst) {
      this.log = log;
      this.burst = burst;
    }

    @Override
    public long bytes() {
      return burst.size() + (long) MESSAGE_BYTES * burst.messages();
    }
  }

  /** The deletion of a room that keeps nothing. */
  private record Dropped(StoredLog log) implements Waiting {

    @Override
    public long bytes() {
      return 0;
    }
  }

  /** Facts to store, all or none. Tried once. */
  private record FactChange(List<Fact> facts, CompletableFuture<Void> done) implements Waiting {

    @Override
    public long bytes() {
      return facts.stream().mapToLong(FactChange::bytes).sum();
    }

    private static long bytes(Fact fact) {
      int value = fact.value() == null ? 0 : fact.value().length();
      return MESSAGE_BYTES + 2L * (fact.key().length() + value);
    }
  }

  /** A burst of an uncommitted transaction. */
  private record Done(Posted posted, Stored stored) {}

  /** The content of an uncommitted transaction. */
  private record Transaction(List<Done> posted, List<FactChange> changes) {}

  private final Connection connection;
  private final InstantSource clock;
  private final LogMetrics metrics;
  private final Forgetter forgetter;

  /** Entries that arrived since the writer last checked. */
  private final Queue<Waiting> arrived = new ConcurrentLinkedQueue<>();

  /** Has at least one permit when there are new entries. */
  private final Semaphore signal = new Semaphore(0);

  /** The number of entries that are neither stored nor given back. */
  private final AtomicInteger unsettled = new AtomicInteger();

  private final AtomicLong waitingBytes = new AtomicLong();

  /** The entries to store, in order. Guarded by the lock. */
  private final Deque<Waiting> waiting = new ArrayDeque<>();

  /** The entries of the uncommitted transaction. Guarded by the lock. */
  private final Deque<Waiting> begun = new ArrayDeque<>();

  /** Held while entries are stored and handed to rooms; never while lanes are woken. */
  private final Object lock = new Object();

  private Runnable beginSlow = () -> {};
  private Runnable endSlow = () -> {};
  private volatile Runnable committed = () -> {};
  private boolean slow;
  private long nextN;
  private long nextRoom;
  private long uncheckpointedBytes;

  /** True if deleted texts can still be in the write-ahead log. */
  private boolean erased;

  /** Null after a failure, which leaves unusable statements and a broken transaction. */
  private @Nullable BurstWriter bursts;

  /** Null after a failure, like {@link #bursts}. */
  private @Nullable FactWriter facts;

  private volatile @Nullable SQLException trouble;
  private long pauseMillis;
  private volatile boolean closing;

  /**
   * @param nextN the number for the next message
   * @param nextRoom the id for the next new room
   */
  Writer(
      Connection connection,
      InstantSource clock,
      Forgetter forgetter,
      LogMetrics metrics,
      long nextN,
      long nextRoom) {
    this.connection = connection;
    this.clock = clock;
    this.forgetter = forgetter;
    this.metrics = metrics;
    this.nextN = nextN;
    this.nextRoom = nextRoom;
  }

  /** Sets the callbacks that slow senders and end that. */
  void slows(Runnable begin, Runnable end) {
    beginSlow = begin;
    endSlow = end;
  }

  /** Sets the listener for commits, called on the storing thread; must return at once. */
  void whenCommitted(Runnable committed) {
    this.committed = committed;
  }

  // ---- from any thread

  /** Memory of the entries that wait to be stored, in bytes. */
  long waitingBytes() {
    return waitingBytes.get();
  }

  /** Returns true if the last attempt to store failed. */
  boolean isInTrouble() {
    return trouble != null;
  }

  void add(StoredLog room, Burst burst) {
    put(new Posted(room, burst));
  }

  /**
   * Stores facts.
   *
   * @param done completed on the storing thread; with an {@link IOException} if they are not stored
   */
  void add(List<Fact> changes, CompletableFuture<Void> done) {
    put(new FactChange(changes, done));
  }

  /** Deletes a closed room that keeps nothing. */
  void drop(StoredLog room) {
    put(new Dropped(room));
  }

  private void put(Waiting one) {
    if (waitingBytes.addAndGet(one.bytes()) > SLOW_BYTES) {
      slowDown();
    }
    unsettled.incrementAndGet();
    arrived.add(one);
    signal.release();
  }

  private void slowDown() {
    synchronized (signal) {
      if (!slow && waitingBytes.get() > SLOW_BYTES) {
        slow = true;
        beginSlow.run();
      }
    }
  }

  private void goOn(long bytes) {
    if (waitingBytes.addAndGet(-bytes) > SLOW_BYTES / 2) {
      return;
    }
    synchronized (signal) {
      if (slow) {
        slow = false;
        endSlow.run();
      }
    }
  }

  /** Releases the waiting entries of a room. */
  void forget(StoredLog room) {
    synchronized (lock) {
      collect();
      Iterator<Waiting> all = waiting.iterator();
      while (all.hasNext()) {
        Waiting one = all.next();
        if (one instanceof Posted posted && posted.log == room) {
          all.remove();
          release(one);
        }
      }
    }
  }

  private void release(Waiting one) {
    if (one instanceof Posted posted) {
      posted.burst.release();
      posted.log.settled();
    } else if (one instanceof FactChange change) {
      change.done.completeExceptionally(new IOException("the server stops"));
    }
    unsettled.decrementAndGet();
    goOn(one.bytes());
  }

  /** Blocks until nothing waits, or nothing can be stored. */
  void settle(long millis) {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    synchronized (lock) {
      while (trouble == null && unsettled.get() > 0) {
        long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        if (left <= 0) {
          return;
        }
        try {
          lock.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  /** Ends the thread once everything is stored, or cannot be. */
  void close() {
    closing = true;
    signal.release(); // wakes it
  }

  // ---- the thread

  @Override
  public void run() {
    while (true) {
      boolean idle = !awaitSomething();
      Set<StoredLog> told = new LinkedHashSet<>();
      boolean more;
      synchronized (lock) {
        collect();
        storeAll(told);
        more = !waiting.isEmpty();
        lock.notifyAll();
      }
      told.forEach(Writer::wake);
      if (!told.isEmpty()) {
        committed.run();
      }
      if (closing && (trouble != null || (!more && arrived.isEmpty()))) {
        break;
      }
      if (trouble == null) {
        forget(idle && !closing);
        checkpoint(idle);
      }
    }
    synchronized (lock) {
      collect();
      waiting.forEach(this::release);
      waiting.clear();
      lock.notifyAll();
    }
  }

  /** Waits for entries; if there are some to retry, only for a pause. */
  private boolean awaitSomething() {
    boolean again;
    synchronized (lock) {
      again = !waiting.isEmpty();
    }
    if (closing || (again && trouble == null)) {
      return true;
    }
    try {
      boolean come = signal.tryAcquire(again ? pauseMillis : IDLE_MILLIS, TimeUnit.MILLISECONDS);
      signal.drainPermits();
      return come;
    } catch (InterruptedException e) {
      return true; // not expected
    }
  }

  private void collect() {
    for (Waiting one = arrived.poll(); one != null; one = arrived.poll()) {
      waiting.add(one);
    }
  }

  /** Under the lock. */
  private void storeAll(Set<StoredLog> told) {
    if (waiting.isEmpty()) {
      return;
    }
    Transaction done;
    try {
      done = store();
    } catch (SQLException e) {
      fail(e, told);
      return;
    } catch (RuntimeException e) { // a failing entry must not end the thread
      log.error("this is a defect of chat-server, please report it", e);
      fail(new SQLException(e), told);
      return;
    }
    if (trouble != null) {
      log.info("messages are stored again");
      trouble = null;
    }
    pauseMillis = FIRST_PAUSE_MILLIS;
    for (Done one : done.posted) {
      passOn(one);
      told.add(one.posted.log);
    }
    for (FactChange one : done.changes) {
      one.done.complete(null);
      settled(one);
    }
  }

  private void fail(SQLException e, Set<StoredLog> told) {
    metrics.failed();
    giveUp();
    inTrouble(e);
    refuse(told);
    giveUpFacts(e);
  }

  private Transaction store() throws SQLException {
    long began = System.nanoTime();
    BurstWriter prepared = prepared();
    IdentityHashMap<StoredLog, StoredRoom> rooms = new IdentityHashMap<>();
    List<Done> done = new ArrayList<>();
    List<FactChange> changes = new ArrayList<>(0);
    List<StoredLog> dropped = new ArrayList<>(0);
    long atMillis = clock.millis();
    long n = nextN;
    long room = nextRoom;
    long bytes = 0;
    boolean erases = false;
    while (bytes <= TRANSACTION_BYTES && n - nextN <= TRANSACTION_MESSAGES) {
      Waiting one = next();
      if (one == null) {
        break;
      }
      bytes += one.bytes();
      if (one instanceof Dropped drop) {
        prepared.drop(rooms.getOrDefault(drop.log, drop.log.room()));
        dropped.add(drop.log);
      } else if (one instanceof FactChange facts) {
        preparedFacts().store(facts.facts);
        erases |= facts.facts.stream().anyMatch(fact -> fact.value() == null);
        changes.add(facts);
      } else if (one instanceof Posted posted) {
        StoredRoom before = rooms.getOrDefault(posted.log, posted.log.room());
        Stored stored = prepared.store(posted.burst, before, room, n, atMillis);
        n += stored.after().newest() - before.newest();
        if (before.id() == 0) {
          room++;
        }
        erases |= stored.erases();
        rooms.put(posted.log, stored.after());
        done.add(new Done(posted, stored));
      }
    }
    long complete = System.nanoTime();
    connection.commit();
    long safe = System.nanoTime();
    metrics.stored((int) (n - nextN), safe - began, safe - complete);
    begun.clear();
    for (StoredLog one : dropped) {
      forgetter.remove(one);
      unsettled.decrementAndGet();
    }
    nextN = n;
    nextRoom = room;
    uncheckpointedBytes += bytes + PAGES_BYTES;
    erased |= erases;
    return new Transaction(done, changes);
  }

  /** The next entry for this transaction, even if it arrived after the transaction began. */
  private @Nullable Waiting next() {
    if (waiting.isEmpty()) {
      collect();
    }
    Waiting one = waiting.poll();
    if (one != null) {
      begun.add(one);
    }
    return one;
  }

  /** Puts the entries of a failed transaction back, before anything else. */
  private void giveUp() {
    while (!begun.isEmpty()) {
      waiting.addFirst(begun.removeLast());
    }
    closeQuietly(bursts);
    bursts = null;
    closeQuietly(facts);
    facts = null;
  }

  private static void closeQuietly(@Nullable AutoCloseable statements) {
    if (statements != null) {
      try {
        statements.close();
      } catch (Exception e) { // the earlier failure counts
        log.debug("statements are not closed", e);
      }
    }
  }

  private BurstWriter prepared() throws SQLException {
    if (bursts == null) {
      Sqlite.beginAnew(connection);
      bursts = new BurstWriter(connection);
    }
    return bursts;
  }

  private FactWriter preparedFacts() throws SQLException {
    if (facts == null) {
      facts = new FactWriter(connection);
    }
    return facts;
  }

  private void inTrouble(SQLException e) {
    if (trouble == null) {
      log.error("cannot store messages, will keep trying: {}", SqliteTrouble.words(e));
    }
    log.debug("not stored", e);
    pauseMillis =
        trouble == null ? FIRST_PAUSE_MILLIS : Math.min(LONGEST_PAUSE_MILLIS, 2 * pauseMillis);
    trouble = e;
  }

  private void refuse(Set<StoredLog> told) {
    Refusal why = trouble == null ? Refusal.AWAY : SqliteTrouble.refusal(trouble);
    for (Waiting one : waiting) {
      if (one instanceof Posted posted && !posted.refused) {
        posted.refused = true;
        posted.log.follower().refused(posted.burst, why);
        told.add(posted.log);
      }
    }
  }

  /** Fails the waiting facts. Callers can retry, so nothing piles up without back-pressure. */
  private void giveUpFacts(SQLException e) {
    String words = "this cannot be stored: " + SqliteTrouble.words(e);
    Iterator<Waiting> all = waiting.iterator();
    while (all.hasNext()) {
      if (all.next() instanceof FactChange change) {
        all.remove();
        change.done.completeExceptionally(new IOException(words, e));
        settled(change);
      }
    }
  }

  private void settled(FactChange one) {
    unsettled.decrementAndGet();
    goOn(one.bytes());
  }

  /** Passes a committed burst to its room, which delivers it. */
  private void passOn(Done done) {
    Posted posted = done.posted;
    Stored stored = done.stored;
    posted.log.room(stored.after());
    forgetter.grown(posted.log, stored.before());
    Follower follower = posted.log.follower();
    Burst fresh = stored.again().isEmpty() ? posted.burst : without(stored.again(), posted.burst);
    try {
      if (fresh.messages() > 0) {
        follower.next(fresh, stored.firstSeq(), stored.after().atMillis());
      } else {
        fresh.release();
      }
      for (Again one : stored.again()) {
        if (one.repeats()) {
          follower.repeated(one.author(), one.post(), one.seq(), one.atMillis());
        } else {
          follower.reused(one.author(), one.post());
        }
      }
    } catch (RuntimeException | Error e) { // the other rooms are unaffected
      log.error("a room failed to handle stored messages", e);
    }
    posted.log.settled();
    unsettled.decrementAndGet();
    goOn(posted.bytes());
  }

  private static Burst without(List<Again> again, Burst burst) {
    BitSet left = new BitSet();
    again.forEach(one -> left.set(one.message()));
    ByteBuf empty = burst.bytes().alloc().directBuffer(burst.size());
    Burst fresh = burst.without(left, empty);
    fresh.seal();
    burst.release();
    return fresh;
  }

  private static void wake(StoredLog room) {
    try {
      room.follower().delivered();
      room.tellIfEmpty();
    } catch (RuntimeException | Error e) {
      log.error("a room failed to handle a wake-up", e);
    }
  }

  /** Runs retention while nothing waits; otherwise a little after each transaction. */
  private void forget(boolean idle) {
    List<StoredLog> emptied = new ArrayList<>(0);
    try {
      prepared();
      boolean more = true;
      while (more) {
        boolean alone = idle && arrived.isEmpty();
        more = forgetter.step(alone, clock.millis(), emptied) && alone;
        uncheckpointedBytes += more ? PAGES_BYTES : 0;
      }
    } catch (SQLException e) {
      giveUp();
      log.warn("old messages cannot be deleted for now: {}", SqliteTrouble.words(e));
    }
    emptied.forEach(StoredLog::tellIfEmpty);
  }

  private void checkpoint(boolean idle) {
    if (uncheckpointedBytes > CHECKPOINT_BYTES || (idle && uncheckpointedBytes > 0)) {
      try {
        Sqlite.checkpoint(connection);
        uncheckpointedBytes = 0;
        if (erased) {
          erased = !Sqlite.cutLog(connection);
          uncheckpointedBytes = erased ? 1 : 0; // again at the next pause
        }
      } catch (SQLException e) {
        log.warn(
            "the write-ahead log cannot be emptied for now, so deleted texts may still be in it:"
                + " {}",
            SqliteTrouble.words(e));
        uncheckpointedBytes = 1; // at the next pause
      }
    }
  }
}
