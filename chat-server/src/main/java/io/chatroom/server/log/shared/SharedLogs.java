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
 * Logs in a PostgreSQL database that other servers use, too: one order in each room, whichever
 * server something was said at. What they have handed on is as safe as the database makes it.
 */
public final class SharedLogs implements RoomLogs, SharedLog.Keeper, Listener.Ear {

  private static final Logger log = LoggerFactory.getLogger(SharedLogs.class);

  /** What rooms may keep in memory of what was said lately: one part in so many of the heap. */
  private static final int HEAP_PARTS = 16;

  private static final int SERVER_BYTES = 16;

  /** How many rooms are looked at in a second; each takes the database some microseconds. */
  private static final int LOOKED_AT = 10_000;

  /** How long a room may take to hand on what somebody has heard at another server. */
  private static final int REACH_SECONDS = 5;

  /** How many rooms are named where there are many. */
  private static final int NAMES = 5;

  /** How long the end may take in all, and where the database is away. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(10);

  private static final Duration LAST_WORDS_AWAY = Duration.ofSeconds(2);

  private final SharedDatabase database;
  private final byte[] server;
  private final boolean ownsDatabase;
  private final KnownRooms rooms = new KnownRooms();
  private final Map<String, CompletableFuture<Void>> preparing = new ConcurrentHashMap<>();
  private final WaitingMemory waiting = new WaitingMemory();
  private final Turns looks = new Turns(LOOKED_AT);
  private final StoreSize size;
  private final RecentMessages.Memory recent =
      new RecentMessages.Memory(Runtime.getRuntime().maxMemory() / HEAP_PARTS);
  private final AtomicLong marks = new AtomicLong();
  private final Writers writers;
  private final SharedReader reader;
  private final CatchUp catchUp;
  private final Announcer announcer;
  private final Listener listener;
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
    this.listener = new Listener(database, name, this);
    threads.add(new Thread(listener, "listen"));
    threads.add(new Thread(catchUp, "follow"));
    threads.add(new Thread(announcer, "announce"));
    threads.forEach(thread -> thread.setDaemon(true));
  }

  /** The logs of a database for a server that keeps nothing else there, and has no metrics. */
  public static SharedLogs open(StoreAddress address) throws IOException {
    return open(address, LogMetrics.NOOP);
  }

  /**
   * Opens the logs of a database, which is closed with them.
   *
   * @param metrics is told of each transaction
   * @throws IOException if it cannot be used; the message is one sentence for people
   */
  public static SharedLogs open(StoreAddress address, LogMetrics metrics) throws IOException {
    byte[] server = new byte[SERVER_BYTES];
    new SecureRandom().nextBytes(server);
    return open(SharedDatabase.open(address), true, server, metrics);
  }

  /**
   * Opens the logs of a database.
   *
   * @param database stays open when they are closed
   * @param server what this run of this server is called there
   * @param metrics is told of each transaction
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

  /** Deletes from now on what is not to be kept, in turn with other servers. Called once. */
  public synchronized void keep(Keep keep) {
    retention = new SharedRetention(database, keep);
  }

  /** The database, for what else is kept there. It is closed with the logs. */
  public SharedDatabase database() {
    return database;
  }

  /** What this run of this server is called in the database. */
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
        .ask(() -> database.run(connection -> RoomQuery.load(connection, room)))
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
        .ask(() -> database.run(connection -> RoomQuery.load(connection, room)))
        .whenComplete(
            (there, failure) -> {
              if (failure != null) {
                reached.completeExceptionally(failure);
              } else if (there.epoch().equals(at.epoch()) && there.newest() < at.seq()) {
                reached.complete(null); // nobody has it
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

  /** One that was not prepared has to be waited for. */
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
    return reader.ask(() -> database.run(connection -> RoomQuery.list(connection, behind, limit)));
  }

  @Override
  public boolean closedAreGone() {
    return false;
  }

  @Override
  public boolean areDurable() {
    return true;
  }

  // ---- for those who look

  /** What waits to be stored, in bytes of memory. */
  public long waitingBytes() {
    return waiting.bytes();
  }

  /** Whether what is said cannot be stored for now. */
  public boolean isRefusing() {
    return writers.isRefusing();
  }

  /** Whether it is heard what other servers store. */
  public boolean isListening() {
    return listener.isConnected();
  }

  /** How many rooms have something in the store that is not handed on yet. */
  public long behind() {
    return catchUp.size();
  }

  /** How many connections to the database are in use, beside those of this very class. */
  public long connections() {
    return database.active();
  }

  /** How large the database is, in bytes, some seconds ago. */
  public long bytes() {
    return size.bytes();
  }

  /** When the oldest message was said, in milliseconds since 1970; 0 if there is none. */
  public long oldestMillis() {
    return size.oldestMillis();
  }

  // ---- for logs

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

  // ---- for the listener

  @Override
  public BitSet shards() {
    return rooms.shards();
  }

  @Override
  public void heard(String room, long newest) {
    SharedLog known = rooms.get(room);
    if (known != null) {
      known.notified(newest);
    }
  }

  @Override
  public void look(Connection connection, boolean missed) throws SQLException {
    List<SharedLog> all = rooms.all();
    List<SharedLog> some = missed ? all : looks.next(all);
    Map<String, Long> others =
        RoomQuery.look(connection, some.stream().map(SharedLog::room).toList());
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
    long deadline = System.nanoTime() + (away ? LAST_WORDS_AWAY : LAST_WORDS).toNanos();
    sayWhatIsLost();
    rooms.all().forEach(SharedLog::close);
    writers.close(left(deadline));
    announcer.close();
    listener.close();
    catchUp.close();
    size.close();
    reader.close();
    try {
      for (Thread thread : threads) { // one that the database does not answer is left alone
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

  private void sayWhatIsLost() {
    List<String> lost =
        rooms.all().stream()
            .filter(SharedLog::hasWaiting)
            .map(one -> one.room().name())
            .limit(NAMES)
            .toList();
    if (!lost.isEmpty()) {
      log.error(
          "{} bytes of what was said last are not known to be stored, in rooms such as {}: clients"
              + " send again what was not acknowledged, programs of the seed's protocol do not",
          waiting.bytes(),
          VisibleText.of(String.join(", ", lost)));
    }
  }
}
