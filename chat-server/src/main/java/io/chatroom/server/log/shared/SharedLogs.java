package io.chatroom.server.log.shared;

import io.chatroom.protocol.VisibleText;
import io.chatroom.server.log.KeptRoom;
import io.chatroom.server.log.LogMetrics;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.RecentMessages;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.RoomLogs;
import io.chatroom.server.log.Slice;
import io.chatroom.server.log.sql.StoreCount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Room logs in a PostgreSQL database that several servers share. Each room has one order for the
 * messages of all servers. Delivered messages are as safe as the database makes them. Thread-safe.
 */
public final class SharedLogs
    implements RoomLogs, SharedLog.Services, NotificationListener.Callback {

  private static final Logger log = LoggerFactory.getLogger(SharedLogs.class);

  /** Recent messages may use this fraction of the heap: 1/16. */
  private static final int RECENT_HEAP_PARTS = 16;

  private static final int SERVER_ID_BYTES = 16;

  /** The number of rooms checked per second; each costs the database some microseconds. */
  private static final int ROOMS_PER_POLL = 10_000;

  /** Time limit for delivering a position that a client has received from another server. */
  private static final int REACH_SECONDS = 5;

  /** The maximum number of rooms named in a log line. */
  private static final int NAMED_ROOMS = 5;

  /** Time limit for {@link #close}. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  /** Time limit for {@link #close} while the database is unreachable. */
  private static final Duration CLOSE_TIMEOUT_AWAY = Duration.ofSeconds(2);

  private final SharedDatabase database;
  private final byte[] server;
  private final boolean ownsDatabase;
  private final KnownRooms rooms = new KnownRooms();
  private final Map<String, CompletableFuture<Void>> preparing = new ConcurrentHashMap<>();
  private final WaitingMemory waiting = new WaitingMemory();
  private final RoundRobin turns = new RoundRobin(ROOMS_PER_POLL);
  private final StoreSize size;
  private final RecentMessages.Memory recent =
      new RecentMessages.Memory(Runtime.getRuntime().maxMemory() / RECENT_HEAP_PARTS);
  private final AtomicLong marks = new AtomicLong();
  private final Writers writers;
  private final SharedReader reader;
  private final CatchUp catchUp;
  private final Announcer announcer;
  private final NotificationListener listener;
  private final List<Thread> threads = new ArrayList<>();
  private @Nullable SharedRetention retention;
  private boolean closed;

  private SharedLogs(
      SharedDatabase database, boolean ownsDatabase, byte[] server, LogMetrics metrics) {
    this.database = database;
    this.ownsDatabase = ownsDatabase;
    this.server = server.clone();
    String name = HexFormat.of().formatHex(server);
    this.announcer = new Announcer(database, name);
    this.writers = new Writers(database, server, announcer, metrics);
    this.reader = new SharedReader(database);
    this.size = new StoreSize(database);
    this.catchUp = new CatchUp(database, server);
    this.listener = new NotificationListener(database, name, this);
    threads.add(new Thread(listener, "listen"));
    threads.add(new Thread(catchUp, "follow"));
    threads.add(new Thread(announcer, "announce"));
    threads.forEach(thread -> thread.setDaemon(true));
  }

  /** Opens the logs of a database without metrics; see {@link #open(StoreAddress, LogMetrics)}. */
  public static SharedLogs open(StoreAddress address) throws IOException {
    return open(address, LogMetrics.NOOP);
  }

  /**
   * Opens a database and its logs; closing the logs closes the database.
   *
   * @param metrics called for each transaction
   * @throws IOException if it cannot be used; the message is one sentence for people
   */
  public static SharedLogs open(StoreAddress address, LogMetrics metrics) throws IOException {
    byte[] server = new byte[SERVER_ID_BYTES];
    new SecureRandom().nextBytes(server);
    return open(SharedDatabase.open(address), true, server, metrics);
  }

  /**
   * Opens the logs of a database.
   *
   * @param database stays open when they are closed
   * @param server the id of this run of the server
   * @param metrics called for each transaction
   */
  public static SharedLogs open(SharedDatabase database, byte[] server, LogMetrics metrics) {
    return open(database, false, server, metrics);
  }

  private static SharedLogs open(
      SharedDatabase database, boolean ownsDatabase, byte[] server, LogMetrics metrics) {
    SharedLogs logs = new SharedLogs(database, ownsDatabase, server, metrics);
    logs.size.start();
    log.info("data in {}: {}", database.shown(), StoreCount.rooms(logs.size.rooms(false)));
    logs.threads.forEach(Thread::start);
    return logs;
  }

  /**
   * Starts deleting messages that exceed the limits, taking turns with other servers. Call once.
   */
  public synchronized void keep(Keep keep) {
    retention = new SharedRetention(database, keep);
  }

  /** The database, for other parts of the server. */
  public SharedDatabase database() {
    return database;
  }

  /** The id of this run of the server in the database. */
  public byte[] server() {
    return server.clone();
  }

  // ---- rooms

  @Override
  public @Nullable CompletionStage<Void> prepare(String room) {
    if (rooms.isKnown(room)) {
      return null;
    }
    CompletableFuture<Void> asked = new CompletableFuture<>();
    CompletableFuture<Void> before = preparing.putIfAbsent(room, asked);
    if (before != null) {
      return before.minimalCompletionStage();
    }
    reader
        .query(() -> database.run(connection -> RoomQuery.load(connection, room)))
        .whenComplete(
            (found, failure) -> {
              if (found != null) {
                rooms.add(room, () -> new SharedLog(found, this, recent));
              }
              preparing.remove(room);
              if (failure == null) {
                asked.complete(null);
              } else {
                asked.completeExceptionally(failure);
              }
            });
    return asked.minimalCompletionStage();
  }

  @Override
  public @Nullable CompletionStage<Void> reach(String room, Position at) {
    SharedLog known = rooms.get(room);
    CompletableFuture<Void> reached = known == null ? null : known.reach(at);
    if (known == null || reached == null) {
      return null;
    }
    reader
        .query(() -> database.run(connection -> RoomQuery.load(connection, room)))
        .whenComplete(
            (there, failure) -> {
              if (failure != null) {
                reached.completeExceptionally(failure);
              } else if (there.epoch().equals(at.epoch()) && there.newest() < at.seq()) {
                reached.complete(null); // the store does not have it
              } else {
                catchUp.add(known);
              }
            });
    return reached.orTimeout(REACH_SECONDS, TimeUnit.SECONDS).minimalCompletionStage();
  }

  @Override
  public RoomLog open(String room, Runnable emptied) {
    return rooms.open(room, this::load, emptied);
  }

  /** Loads a room that was not prepared. Blocks. */
  private SharedLog load(String room) {
    try {
      return new SharedLog(
          database.run(connection -> RoomQuery.load(connection, room)), this, recent);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean keeps(String room) {
    SharedLog known = rooms.get(room);
    return known != null && known.room().newest() > known.room().forgotten();
  }

  @Override
  public int count(boolean isPrivate) {
    return size.rooms(isPrivate);
  }

  @Override
  public CompletionStage<List<KeptRoom>> list(String behind, int limit) {
    return reader.query(
        () -> database.run(connection -> RoomQuery.list(connection, behind, limit)));
  }

  @Override
  public boolean closedAreGone() {
    return false;
  }

  @Override
  public boolean areDurable() {
    return true;
  }

  // ---- metrics

  /** The memory of messages that wait to be stored, in bytes. */
  public long waitingBytes() {
    return waiting.bytes();
  }

  /** Returns true while messages cannot be stored. */
  public boolean isRefusing() {
    return writers.isRefusing();
  }

  /** Returns true while notifications of other servers are received. */
  public boolean isListening() {
    return listener.isConnected();
  }

  /** The number of rooms with stored messages that are not delivered yet. */
  public long behind() {
    return catchUp.size();
  }

  /** The number of pooled connections to the database in use. */
  public long connections() {
    return database.active();
  }

  /** The size of the database in bytes, as of some seconds ago. */
  public long bytes() {
    return size.bytes();
  }

  /** The time of the oldest message, in milliseconds since 1970; 0 if there is none. */
  public long oldestMillis() {
    return size.oldestMillis();
  }

  // ---- services for logs

  @Override
  public void write(SharedLog room) {
    writers.write(room);
  }

  @Override
  public void catchUp(SharedLog room) {
    catchUp.add(room);
  }

  @Override
  public void waits(long bytes) {
    waiting.add(bytes);
  }

  @Override
  public void settled(long bytes) {
    waiting.remove(bytes);
  }

  @Override
  public long nextMark() {
    return marks.incrementAndGet();
  }

  @Override
  public CompletionStage<Slice> read(SharedLog room, Position after, int limit) {
    return reader.read(room, after, limit);
  }

  @Override
  public void closed(SharedLog room) {
    writers.forget(room);
    rooms.close(room, () -> new SharedLog(room.room(), this, recent));
  }

  // ---- notifications

  @Override
  public BitSet shards() {
    return rooms.shards();
  }

  @Override
  public void notified(String room, long newest) {
    SharedLog known = rooms.get(room);
    if (known != null) {
      known.notified(newest);
    }
  }

  @Override
  public void poll(Connection connection, boolean missed) throws SQLException {
    List<SharedLog> all = rooms.all();
    List<SharedLog> some = missed ? all : turns.next(all);
    Map<String, Long> others =
        RoomQuery.changed(connection, some.stream().map(SharedLog::room).toList());
    for (String name : others.keySet()) {
      SharedLog known = rooms.get(name);
      if (known != null) {
        catchUp.add(known);
      }
    }
  }

  // ---- the end

  @Override
  public void slows(Runnable begin, Runnable end) {
    waiting.slows(begin, end);
  }

  @Override
  public void settle(Duration most) {
    waiting.awaitEmpty(most, writers::isRefusing);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (retention != null) {
        retention.close();
      }
    }
    boolean away = writers.isRefusing() || !listener.isConnected();
    long deadline = System.nanoTime() + (away ? CLOSE_TIMEOUT_AWAY : CLOSE_TIMEOUT).toNanos();
    logUnstored();
    rooms.all().forEach(SharedLog::close);
    writers.close(left(deadline));
    announcer.close();
    listener.close();
    catchUp.close();
    size.close();
    reader.close();
    try {
      for (Thread thread : threads) { // do not wait for a thread that the database does not answer
        thread.join(1 + left(deadline).toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (ownsDatabase) {
      database.close();
    }
  }

  private static Duration left(long deadline) {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  private void logUnstored() {
    List<String> unstored =
        rooms.all().stream()
            .filter(SharedLog::hasWaiting)
            .map(one -> one.room().name())
            .limit(NAMED_ROOMS)
            .toList();
    if (!unstored.isEmpty()) {
      log.error(
          "{} bytes of recent messages are possibly lost, in rooms such as {}: session clients"
              + " resend what was not acknowledged, seed programs do not",
          waiting.bytes(),
          VisibleText.of(String.join(", ", unstored)));
    }
  }
}
