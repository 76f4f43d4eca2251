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
 * The one thread that changes a store. It takes whatever waits, of all rooms, stores it in one
 * transaction, and hands it on only when that is committed: so a disk that takes its time to sync
 * makes larger transactions, not fewer messages.
 *
 * <p>When the store cannot be written, it refuses what waits, keeps it in its order, and tries
 * again until it can; the pauses grow.
 */
final class Writer implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Writer.class);

  /** What one transaction takes. */
  private static final int TRANSACTION_MESSAGES = 10_000;

  private static final int TRANSACTION_BYTES = 4 * 1024 * 1024;

  /** Those who talk wait while more than this does. */
  private static final long SLOW_BYTES = 8 * 1024 * 1024;

  /** What a message takes while it waits, beside its bytes. */
  private static final int MESSAGE_BYTES = 64;

  /** What a transaction writes beside messages: some pages for each room and index, about. */
  private static final int PAGES_BYTES = 16 * 1024;

  private static final long CHECKPOINT_BYTES = 4 * 1024 * 1024;
  private static final long IDLE_MILLIS = 1_000;
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;

  /** Something that waits to be stored. */
  private sealed interface Waiting {

    /** What it takes of memory meanwhile. */
    long bytes();
  }

  /** What was said in a room. */
  private static final class Said implements Waiting {

    private final StoredLog log;
    private final Burst burst;
    private boolean refused;

    Said(StoredLog log, Burst burst) {
      this.log = log;
      this.burst = burst;
    }

    @Override
    public long bytes() {
      return burst.size() + (long) MESSAGE_BYTES * burst.messages();
    }
  }

  /** The end of a room that keeps nothing. */
  private record Ended(StoredLog log) implements Waiting {

    @Override
    public long bytes() {
      return 0;
    }
  }

  /** Facts, all or none of which are stored. Tried once. */
  private record Learned(List<Fact> facts, CompletableFuture<Void> done) implements Waiting {

    @Override
    public long bytes() {
      return facts.stream().mapToLong(Learned::bytes).sum();
    }

    private static long bytes(Fact fact) {
      int value = fact.value() == null ? 0 : fact.value().length();
      return MESSAGE_BYTES + 2L * (fact.key().length() + value);
    }
  }

  /** A burst that is stored, once its transaction is committed. */
  private record Done(Said said, Stored stored) {}

  /** What a transaction has stored, once it is committed. */
  private record Transaction(List<Done> said, List<Learned> learned) {}

  private final Connection connection;
  private final InstantSource clock;
  private final LogMetrics metrics;
  private final Forgetter forgetter;

  /** What has come since the writer looked. */
  private final Queue<Waiting> arrived = new ConcurrentLinkedQueue<>();

  /** Has a permit, or many, where something has come. */
  private final Semaphore signal = new Semaphore(0);

  /** How many there are that have come and are neither stored nor given back. */
  private final AtomicInteger unsettled = new AtomicInteger();

  private final AtomicLong waitingBytes = new AtomicLong();

  /** What is not stored, in order. Belongs to the lock. */
  private final Deque<Waiting> waiting = new ArrayDeque<>();

  /** What was taken from there into a transaction that is not committed. Belongs to the lock. */
  private final Deque<Waiting> begun = new ArrayDeque<>();

  /** Held while something is stored and handed to rooms; never while their lanes are woken. */
  private final Object lock = new Object();

  private Runnable beginSlow = () -> {};
  private Runnable endSlow = () -> {};
  private volatile Runnable committed = () -> {};
  private boolean slow;
  private long nextN;
  private long nextRoom;
  private long uncheckpointedBytes;

  /** Texts were deleted that may still stand in the log of the database. */
  private boolean erased;

  /** Null after a failure, which leaves statements and a transaction that cannot be used. */
  private @Nullable BurstWriter bursts;

  /** The same. */
  private @Nullable FactWriter facts;

  private volatile @Nullable SQLException trouble;
  private long pauseMillis;
  private volatile boolean closing;

  /**
   * @param nextN the number that the next message gets
   * @param nextRoom the id that the next new room gets
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

  /** What slows those who talk, and what ends that. */
  void slows(Runnable begin, Runnable end) {
    beginSlow = begin;
    endSlow = end;
  }

  /** Who hears, on the thread that stores, that something was stored; must return at once. */
  void whenCommitted(Runnable committed) {
    this.committed = committed;
  }

  // ---- from any thread

  /** What waits to be stored, in bytes of memory. */
  long waitingBytes() {
    return waitingBytes.get();
  }

  /** Whether the last try to store something has failed. */
  boolean isInTrouble() {
    return trouble != null;
  }

  void add(StoredLog room, Burst burst) {
    put(new Said(room, burst));
  }

  /**
   * Stores facts.
   *
   * @param done completed by the thread that stores; with an {@link IOException} if they are not
   */
  void add(List<Fact> changes, CompletableFuture<Void> done) {
    put(new Learned(changes, done));
  }

  /** A room keeps nothing and is closed: it is not to be there any more. */
  void drop(StoredLog room) {
    put(new Ended(room));
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

  /** Gives back what a room still waits for. */
  void forget(StoredLog room) {
    synchronized (lock) {
      collect();
      Iterator<Waiting> all = waiting.iterator();
      while (all.hasNext()) {
        Waiting one = all.next();
        if (one instanceof Said said && said.log == room) {
          all.remove();
          release(one);
        }
      }
    }
  }

  private void release(Waiting one) {
    if (one instanceof Said said) {
      said.burst.release();
      said.log.settled();
    } else if (one instanceof Learned learned) {
      learned.done.completeExceptionally(new IOException("the server stops"));
    }
    unsettled.decrementAndGet();
    goOn(one.bytes());
  }

  /** Waits until nothing waits, or nothing can be stored. */
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

  /** Ends once what waits is stored, or cannot be. */
  void close() {
    closing = true;
    signal.release(); // so that it looks
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

  /** Waits for something to store; for a while, if there is something to try again. */
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
      return true; // nobody means this thread
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
    } catch (RuntimeException e) { // what cannot be stored must not end the one who stores
      log.error("this is a defect of chat-server, please report it", e);
      fail(new SQLException(e), told);
      return;
    }
    if (trouble != null) {
      log.info("what is said can be stored again");
      trouble = null;
    }
    pauseMillis = FIRST_PAUSE_MILLIS;
    for (Done one : done.said) {
      handOn(one);
      told.add(one.said.log);
    }
    for (Learned one : done.learned) {
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
    List<Learned> learned = new ArrayList<>(0);
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
      if (one instanceof Ended ended) {
        prepared.drop(rooms.getOrDefault(ended.log, ended.log.room()));
        dropped.add(ended.log);
      } else if (one instanceof Learned facts) {
        preparedFacts().store(facts.facts);
        erases |= facts.facts.stream().anyMatch(fact -> fact.value() == null);
        learned.add(facts);
      } else if (one instanceof Said said) {
        StoredRoom before = rooms.getOrDefault(said.log, said.log.room());
        Stored stored = prepared.store(said.burst, before, room, n, atMillis);
        n += stored.after().newest() - before.newest();
        if (before.id() == 0) {
          room++;
        }
        erases |= stored.erases();
        rooms.put(said.log, stored.after());
        done.add(new Done(said, stored));
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
    return new Transaction(done, learned);
  }

  /** What waits longest, as part of this transaction; also what has come since it began. */
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

  /** What was begun is begun anew before anything else is done. */
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
      } catch (Exception e) { // what was the matter before counts
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
      log.error(
          "what is said cannot be stored, and waits until it can: {}", SqliteTrouble.words(e));
    }
    log.debug("not stored", e);
    pauseMillis =
        trouble == null ? FIRST_PAUSE_MILLIS : Math.min(LONGEST_PAUSE_MILLIS, 2 * pauseMillis);
    trouble = e;
  }

  private void refuse(Set<StoredLog> told) {
    Refusal why = trouble == null ? Refusal.AWAY : SqliteTrouble.refusal(trouble);
    for (Waiting one : waiting) {
      if (one instanceof Said said && !said.refused) {
        said.refused = true;
        said.log.follower().refused(said.burst, why);
        told.add(said.log);
      }
    }
  }

  /** Who asked for them can ask again; so nothing piles up that nobody slows down. */
  private void giveUpFacts(SQLException e) {
    String words = "this cannot be stored: " + SqliteTrouble.words(e);
    Iterator<Waiting> all = waiting.iterator();
    while (all.hasNext()) {
      if (all.next() instanceof Learned learned) {
        all.remove();
        learned.done.completeExceptionally(new IOException(words, e));
        settled(learned);
      }
    }
  }

  private void settled(Learned one) {
    unsettled.decrementAndGet();
    goOn(one.bytes());
  }

  /** What is committed is part of the room, and its members may hear it. */
  private void handOn(Done done) {
    Said said = done.said;
    Stored stored = done.stored;
    said.log.room(stored.after());
    forgetter.grown(said.log, stored.before());
    Follower follower = said.log.follower();
    Burst fresh = stored.again().isEmpty() ? said.burst : without(stored.again(), said.burst);
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
    } catch (RuntimeException | Error e) { // the other rooms have done nothing
      log.error("a room has not taken what was stored", e);
    }
    said.log.settled();
    unsettled.decrementAndGet();
    goOn(said.bytes());
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
      room.follower().handedOn();
      room.tellIfEmpty();
    } catch (RuntimeException | Error e) {
      log.error("a room cannot be woken", e);
    }
  }

  /** As long as nobody waits; else a little, after each transaction. */
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
      log.warn("what is too old stays for now: {}", SqliteTrouble.words(e));
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
          uncheckpointedBytes = erased ? 1 : 0; // again with the next pause
        }
      } catch (SQLException e) {
        log.warn("what was stored stays in the log of the database: {}", SqliteTrouble.words(e));
        uncheckpointedBytes = 1; // with the next pause
      }
    }
  }
}
