package io.chatroom.server.session;

import io.chatroom.server.log.Slice;
import io.chatroom.server.log.StoreIsAway;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits the concurrent reads of history for all sessions of a server, because messages take memory
 * from the read until they are sent. Other reads wait in order of arrival, as one task each; a
 * request that has begun is read to its end before another begins. Thread-safe.
 */
public final class ReadGate {

  private final int atOnce;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int running;

  /**
   * Makes a gate.
   *
   * @param atOnce maximum number of concurrent reads
   */
  public ReadGate(int atOnce) {
    this.atOnce = atOnce;
  }

  /**
   * Reads as soon as the limit allows.
   *
   * @param read begins the read, on any thread
   * @param loop runs {@code done}
   * @param done receives the slice or the failure; the read counts until this returns
   */
  void read(
      Supplier<CompletionStage<Slice>> read,
      Executor loop,
      BiConsumer<@Nullable Slice, @Nullable Throwable> done) {
    read(read, loop, done, waiting::addLast);
  }

  /**
   * The same, for a read that continues an earlier one of the same request. It goes first, because
   * the request holds the messages that it has read so far.
   */
  void readOn(
      Supplier<CompletionStage<Slice>> read,
      Executor loop,
      BiConsumer<@Nullable Slice, @Nullable Throwable> done) {
    read(read, loop, done, waiting::addFirst);
  }

  private void read(
      Supplier<CompletionStage<Slice>> read,
      Executor loop,
      BiConsumer<@Nullable Slice, @Nullable Throwable> done,
      Consumer<Runnable> queue) {
    Runnable task =
        () ->
            begin(read)
                .whenComplete((slice, failure) -> finish(loop, () -> done.accept(slice, failure)));
    synchronized (this) {
      if (running == atOnce) {
        queue.accept(task);
        return;
      }
      running++;
    }
    task.run();
  }

  /** True if the store could not be read; false if the server has a defect. */
  static boolean isTrouble(@Nullable Throwable failure) {
    return why(failure) instanceof IOException;
  }

  /** True if the same read will succeed once the store is available again. */
  static boolean isAway(@Nullable Throwable failure) {
    return why(failure) instanceof StoreIsAway;
  }

  private static @Nullable Throwable why(@Nullable Throwable failure) {
    return failure instanceof CompletionException ? failure.getCause() : failure;
  }

  /** A read that cannot begin, as when the server is stopping, fails like any other. */
  private static CompletionStage<Slice> begin(Supplier<CompletionStage<Slice>> read) {
    try {
      return read.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void finish(Executor loop, Runnable done) {
    try {
      loop.execute(
          () -> {
            try {
              done.run();
            } finally {
              next();
            }
          });
    } catch (RejectedExecutionException stopped) {
      next(); // the server has stopped, and the session has ended with it
    }
  }

  private void next() {
    Runnable task;
    synchronized (this) {
      task = waiting.poll();
      if (task == null) {
        running--;
        return;
      }
    }
    task.run();
  }
}
