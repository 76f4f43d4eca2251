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
 * Bounds how many reads of history are under way for all sessions of a server: what they have read
 * takes memory until it has been sent. The others wait in the order in which they came, with
 * nothing but a task each; but what has begun is read to its end before anything else begins.
 * Thread-safe.
 */
public final class ReadGate {

  private final int atOnce;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int running;

  /**
   * Makes a gate.
   *
   * @param atOnce how many reads may be under way
   */
  public ReadGate(int atOnce) {
    this.atOnce = atOnce;
  }

  /**
   * Reads when there is room for it.
   *
   * @param read begins the read, on any thread
   * @param loop where {@code done} is run
   * @param done gets what was read, or why nothing was; the read counts until it has returned
   */
  void read(
      Supplier<CompletionStage<Slice>> read,
      Executor loop,
      BiConsumer<@Nullable Slice, @Nullable Throwable> done) {
    read(read, loop, done, waiting::addLast);
  }

  /**
   * The same of a read that goes on where another of the same request has ended: before those that
   * have not begun, as what was read until then is held meanwhile.
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

  /** Whether what is kept could not be read, which is no defect of the server. */
  static boolean isTrouble(@Nullable Throwable failure) {
    return why(failure) instanceof IOException;
  }

  /** Whether the same read will do once the store is back. */
  static boolean isAway(@Nullable Throwable failure) {
    return why(failure) instanceof StoreIsAway;
  }

  private static @Nullable Throwable why(@Nullable Throwable failure) {
    return failure instanceof CompletionException ? failure.getCause() : failure;
  }

  /** What cannot even begin, as when the server stops, fails like a read, and frees its turn. */
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
      next(); // the server has ended, and the session with it
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
