package io.chatroom.server.log.shared;

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

  /** When it was said last that something cannot be read; 0 before the first time. */
  private final AtomicLong complainedNanos = new AtomicLong();

  SharedReader(SharedDatabase database) {
    this.database = database;
    threads.allowCoreThreadTimeOut(true);
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
    return ask(
        () -> {
          SharedRoom now = room.room();
          long first = now.forgotten() + 1;
          long from = after.epoch().equals(now.epoch()) ? Math.max(first, after.seq() + 1) : first;
          if (from > now.newest()) {
            return new Slice(now.epoch(), first, now.newest(), List.of());
          }
          List<Message> recent = room.recent().read(from, now.newest(), limit);
          return recent != null && now.epoch().equals(room.room().epoch())
              ? new Slice(now.epoch(), first, now.newest(), recent)
              : database.run(connection -> RoomQuery.read(connection, now, from, limit));
        });
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
      log.error("what rooms keep cannot be read: {}", why.getMessage());
    }
  }

  void close() {
    threads.shutdownNow();
  }
}
