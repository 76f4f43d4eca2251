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

/** Asks the store, on threads of its own. */
final class SharedReader {

  private static final Logger log = LoggerFactory.getLogger(SharedReader.class);

  private static final int THREADS = 4;

  /** A question that has waited for so long behind others is not asked any more. */
  private static final Duration WAIT = Duration.ofSeconds(5);

  private static final Duration COMPLAIN_AGAIN = Duration.ofMinutes(1);

  private final SharedDatabase database;
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS, THREADS, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), SharedReader::thread);

  /** For what is in memory, which does not wait for what has to be asked for. */
  private final ThreadPoolExecutor memory =
      new ThreadPoolExecutor(
          1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), SharedReader::thread);

  /** When it was said last that something cannot be read; 0 before the first time. */
  private final AtomicLong complainedNanos = new AtomicLong();

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
   * What a room keeps behind a position, as far as it is handed on. What was said lately is there
   * also while the store is away.
   */
  CompletionStage<Slice> read(SharedLog room, Position after, int limit) {
    return CompletableFuture.supplyAsync(() -> recent(room, after, limit), memory)
        .thenCompose(
            slice -> slice != null ? completedFuture(slice) : ask(() -> kept(room, after, limit)));
  }

  /** Null if it has to be asked for. */
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

  /** A question to the store. */
  interface Question<T> {

    T answer() throws IOException;
  }

  <T> CompletableFuture<T> ask(Question<T> question) {
    long askedNanos = System.nanoTime();
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            if (System.nanoTime() - askedNanos > WAIT.toNanos()) {
              throw new StoreIsAway(
                  "the database is slow, and others wait for it", new TimeoutException());
            }
            return question.answer();
          } catch (IOException e) {
            complain(e);
            throw new CompletionException(e);
          }
        },
        threads);
  }

  /** However many ask for what cannot be read, there is a line a minute. */
  private void complain(IOException why) {
    long now = System.nanoTime();
    long before = complainedNanos.get();
    if ((before == 0 || now - before > COMPLAIN_AGAIN.toNanos())
        && complainedNanos.compareAndSet(before, now)) {
      log.error("stored messages cannot be read: {}", why.getMessage());
    }
  }

  void close() {
    memory.shutdownNow();
    threads.shutdownNow();
  }
}
