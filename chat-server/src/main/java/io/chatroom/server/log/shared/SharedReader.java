package io.chatroom.server.log.shared;

import static java.util.concurrent.CompletableFuture.completedFuture;

import io.chatroom.server.log.Message;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Slice;
import io.chatroom.server.log.StoreIsAway;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the store on threads of its own. */
final class SharedReader {

  private static final Logger log = LoggerFactory.getLogger(SharedReader.class);

  private static final int THREADS = 4;

  /** A query that has waited for longer is not run. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(5);

  private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

  private final SharedDatabase database;
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS, THREADS, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), SharedReader::thread);

  /** For recent messages in memory, which need not wait for queries. */
  private final ThreadPoolExecutor memory =
      new ThreadPoolExecutor(
          1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), SharedReader::thread);

  /** When a read error was last logged; 0 if never. */
  private final AtomicLong loggedNanos = new AtomicLong();

  SharedReader(SharedDatabase database) {
    this.database = database;
    threads.allowCoreThreadTimeOut(true);
    memory.allowCoreThreadTimeOut(true);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "history");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Reads the delivered messages of a room after a position. Recent messages are available even
   * while the store is not.
   */
  CompletionStage<Slice> read(SharedLog room, Position after, int limit) {
    return CompletableFuture.supplyAsync(() -> recent(room, after, limit), memory)
        .thenCompose(
            slice ->
                slice != null ? completedFuture(slice) : query(() -> kept(room, after, limit)));
  }

  /** Returns null if the store must be queried. */
  private static @Nullable Slice recent(SharedLog room, Position after, int limit) {
    SharedRoom now = room.room();
    long from = from(now, after);
    if (from > now.newest()) {
      return new Slice(now.epoch(), now.forgotten() + 1, now.newest(), List.of());
    }
    List<Message> recent = room.recent().read(from, now.newest(), limit);
    return recent != null && now.epoch().equals(room.room().epoch())
        ? new Slice(now.epoch(), now.forgotten() + 1, now.newest(), recent)
        : null;
  }

  private Slice kept(SharedLog room, Position after, int limit) throws IOException {
    SharedRoom now = room.room();
    long from = from(now, after);
    return from > now.newest()
        ? new Slice(now.epoch(), now.forgotten() + 1, now.newest(), List.of())
        : database.run(connection -> RoomQuery.read(connection, now, from, limit));
  }

  private static long from(SharedRoom now, Position after) {
    long first = now.forgotten() + 1;
    return after.epoch().equals(now.epoch()) ? Math.max(first, after.seq() + 1) : first;
  }

  /** A query of the store. */
  interface Query<T> {

    T run() throws IOException;
  }

  <T> CompletableFuture<T> query(Query<T> query) {
    long queuedNanos = System.nanoTime();
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            if (System.nanoTime() - queuedNanos > MAX_WAIT.toNanos()) {
              throw new StoreIsAway(
                  "the database is slow; the request waited too long", new TimeoutException());
            }
            return query.run();
          } catch (IOException e) {
            logFailure(e);
            throw new CompletionException(e);
          }
        },
        threads);
  }

  /** Logs a read error, at most once a minute. */
  private void logFailure(IOException why) {
    long now = System.nanoTime();
    long before = loggedNanos.get();
    if ((before == 0 || now - before > LOG_INTERVAL.toNanos())
        && loggedNanos.compareAndSet(before, now)) {
      log.error("cannot read stored messages: {}", why.getMessage());
    }
  }

  void close() {
    memory.shutdownNow();
    threads.shutdownNow();
  }
}
