package io.chatroom.server.log.store;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import io.chatroom.server.log.Burst;
import io.chatroom.server.log.Journal;
import io.chatroom.server.log.LogMetrics;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.RoomLogs;
import io.chatroom.server.log.Slice;
import io.chatroom.server.log.sql.StoreCount;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs in a data directory. Messages that they passed on survive the end of the process and a loss
 * of power. Only one process at a time can use the directory.
 */
public final class StoredLogs implements RoomLogs, StoredLog.Keeper, StoredFacts.Keeper {

  private static final Logger log = LoggerFactory.getLogger(StoredLogs.class);

  /** Number of reads that run at once, each over its own connection. */
  private static final int READERS = 2;

  private static final Duration LAST_WORDS = Duration.ofSeconds(10);
  private static final Duration COMPLAIN_AGAIN = Duration.ofMinutes(1);

  private final DataDirectory directory;
  private final Sqlite database;
  private final Connection connection;
  private final Writer writer;
  private final Thread thread;
  private final ThreadPoolExecutor readers;
  private final Deque<PageReader> idleReaders = new ArrayDeque<>();

  /** Rooms that are stored or open, by name. */
  private final Map<String, StoredLog> logs = new ConcurrentHashMap<>();

  /** When a read error was last logged; 0 before the first time. */
  private final AtomicLong complainedNanos = new AtomicLong();

  private StoredLogs(
      DataDirectory directory,
      Sqlite database,
      Connection connection,
      Retention retention,
      InstantSource clock,
      LogMetrics metrics)
      throws SQLException {
    this.directory = directory;
    this.database = database;
    this.connection = connection;
    Forgetter forgetter = new Forgetter(connection, retention);
    StoreState state = StoreState.read(connection);
    if (state.copied()) {
      Epochs.renew(connection);
      state = StoreState.read(connection);
      log.info("{} was restored from a backup, rooms have new epochs", database.shown());
    }
    List<StoredLog> empty = new ArrayList<>(0);
    for (StoredRoom stored : state.rooms()) {
      StoredLog room = new StoredLog(stored, this);
      if (room.isEmpty()) {
        empty.add(room);
      } else {
        logs.put(stored.name(), room);
        forgetter.add(room);
      }
    }
    this.writer =
        new Writer(
            connection, clock, forgetter, metrics, state.newestN() + 1, state.lastRoom() + 1);
    empty.forEach(writer::drop);
    this.thread = new Thread(writer, "store");
    this.readers =
        new ThreadPoolExecutor(
            READERS, READERS, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), StoredLogs::reader);
    readers.allowCoreThreadTimeOut(true);
  }

  private static Thread reader(Runnable task) {
    Thread thread = new Thread(task, "history");
    thread.setDaemon(true);
    return thread;
  }

  /** Opens the store of a directory without metrics. */
  public static StoredLogs open(Path path, Retention retention, InstantSource clock)
      throws IOException {
    return open(path, retention, clock, LogMetrics.NOOP);
  }

  /**
   * Opens the store of a directory and creates it if it is missing.
   *
   * @param path the directory
   * @param retention what to keep
   * @param clock tells the time
   * @param metrics counts transactions
   * @throws IOException if it cannot be used; the message is one sentence for people
   */
  public static StoredLogs open(
      Path path, Retention retention, InstantSource clock, LogMetrics metrics) throws IOException {
    DataDirectory directory = DataDirectory.take(path);
    Connection connection = null;
    Sqlite database = new Sqlite(path);
    try {
      SqliteLibrary.load(path);
      boolean cutOff = database.wasCutOff();
      connection = database.openToWrite();
      directory.sync();
      StoredLogs logs = new StoredLogs(directory, database, connection, retention, clock, metrics);
      logs.tellWhatIsThere(cutOff);
      logs.thread.start();
      return logs;
    } catch (SQLException e) {
      giveUp(directory, connection);
      throw database.unusable(e);
    } catch (IOException e) {
      giveUp(directory, connection);
      throw e;
    }
  }

  private static void giveUp(DataDirectory directory, @Nullable Connection connection)
      throws IOException {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      log.debug("not closed", e); // the earlier failure counts
    } finally {
      directory.close();
    }
  }

  private void tellWhatIsThere(boolean cutOff) {
    List<StoredRoom> rooms = logs.values().stream().map(StoredLog::room).toList();
    long messages = rooms.stream().mapToLong(StoredRoom::kept).sum();
    StoredRoom last = rooms.stream().max(Comparator.comparing(StoredRoom::atMillis)).orElse(null);
    log.info(
        "data in {}: {}{}{}",
        NativePath.show(directory.path()),
        StoreCount.messages(messages, rooms.size()),
        last == null
            ? ""
            : ", up to "
                + last.newest()
                + " in "
                + (RoomLog.isPrivate(last.name()) ? "a private room" : last.name())
                + " at "
                + Instant.ofEpochMilli(last.atMillis()),
        cutOff ? "; the last stop was not clean, but all acknowledged messages are there" : "");
  }

  /** The facts. */
  public Facts facts() {
    return new StoredFacts(this);
  }

  @Override
  public List<Fact> facts(String kind, String after, int limit) throws IOException {
    try {
      PageReader reader = takeReader();
      try {
        List<Fact> found = reader.facts(kind, after, limit);
        giveBack(reader);
        return found;
      } catch (SQLException e) {
        reader.close();
        throw e;
      }
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  @Override
  public void add(List<Fact> changes, CompletableFuture<Void> done) {
    writer.add(changes, done);
  }

  /** The writer's connection, for tests of failures. */
  Connection connection() {
    return connection;
  }

  @Override
  public boolean areDurable() {
    return true;
  }

  /** Memory of the bursts that wait to be stored, in bytes. */
  public long waitingBytes() {
    return writer.waitingBytes();
  }

  /** Returns true if messages cannot be stored for now. */
  public boolean isRefusing() {
    return writer.isInTrouble();
  }

  /** The size of the directory on disk, in bytes; 0 if unknown. */
  public long bytes() {
    return database.bytes();
  }

  /** Free space on the disk for this user, in bytes; 0 if unknown. */
  public long freeBytes() {
    return directory.freeBytes();
  }

  /** The time of the oldest message, in milliseconds since 1970; 0 if there is none. */
  public long oldestMillis() {
    try {
      PageReader reader = takeReader();
      try {
        long oldest = reader.oldestMillis();
        giveBack(reader);
        return oldest;
      } catch (SQLException e) {
        reader.close();
        throw e;
      }
    } catch (SQLException e) {
      log.debug("the oldest message is not known", e);
      return 0;
    }
  }

  private void giveBack(PageReader reader) {
    synchronized (idleReaders) {
      idleReaders.push(reader);
    }
  }

  @Override
  public List<String> names() {
    return List.copyOf(logs.keySet());
  }

  @Override
  public RoomLog open(String room, Runnable emptied) {
    StoredLog log = logs.computeIfAbsent(room, name -> new StoredLog(StoredRoom.fresh(name), this));
    log.opened(emptied);
    return log;
  }

  /** The directory. */
  public Path directory() {
    return directory.path();
  }

  /** The journal of all stored messages. */
  public Journal.Source journal() {
    return () -> StoredJournal.open(database);
  }

  /**
   * Sets the listener for commits.
   *
   * @param committed called on the storing thread; must return at once
   */
  public void whenCommitted(Runnable committed) {
    writer.whenCommitted(committed);
  }

  @Override
  public void slows(Runnable begin, Runnable end) {
    writer.slows(begin, end);
  }

  @Override
  public void settle(Duration most) {
    writer.settle(most.toMillis());
  }

  @Override
  public void add(StoredLog room, Burst burst) {
    writer.add(room, burst);
  }

  @Override
  public CompletionStage<Slice> read(StoredLog room, Position after, int limit) {
    return CompletableFuture.supplyAsync(() -> slice(room, after, limit), readers);
  }

  private Slice slice(StoredLog room, Position after, int limit) {
    StoredRoom now = room.room();
    long first = now.forgotten() + 1;
    long from = after.epoch().equals(now.epoch()) ? Math.max(first, after.seq() + 1) : first;
    List<Message> messages =
        from > now.newest() ? List.of() : read(now.id(), from, now.newest(), limit);
    return new Slice(now.epoch(), first, now.newest(), messages);
  }

  private List<Message> read(long room, long from, long to, int limit) {
    try {
      PageReader reader = takeReader();
      try {
        List<Message> messages = reader.read(room, from, to, limit);
        giveBack(reader);
        return messages;
      } catch (SQLException e) {
        reader.close(); // the next one uses a new connection
        throw e;
      }
    } catch (SQLException e) {
      IOException why = database.unusable(e);
      complain(why);
      throw new CompletionException(why);
    }
  }

  /** Logs a read error, at most once a minute. */
  private void complain(IOException why) {
    long now = System.nanoTime();
    long before = complainedNanos.get();
    if ((before == 0 || now - before > COMPLAIN_AGAIN.toNanos())
        && complainedNanos.compareAndSet(before, now)) {
      log.error("cannot read stored messages: {}", why.getMessage());
    }
  }

  private PageReader takeReader() throws SQLException {
    synchronized (idleReaders) {
      PageReader idle = idleReaders.poll();
      if (idle != null) {
        return idle;
      }
    }
    return new PageReader(database.openToRead());
  }

  /** A closed room that keeps nothing starts over when it is opened again. */
  @Override
  public void closed(StoredLog room) {
    if (room.hasWaiting()) {
      writer.forget(room);
    }
    if (room.isEmpty()) {
      logs.remove(room.room().name(), room);
      if (room.room().id() > 0) {
        writer.drop(room);
      }
    }
  }

  @Override
  public void close() {
    writer.close();
    try {
      thread.join(LAST_WORDS.toMillis());
      readers.shutdownNow();
      readers.awaitTermination(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
      synchronized (idleReaders) {
        for (PageReader reader : idleReaders) {
          reader.close();
        }
        idleReaders.clear();
      }
      connection.close();
      directory.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SQLException | IOException e) {
      log.warn("the store was not closed cleanly", e);
    }
  }
}
