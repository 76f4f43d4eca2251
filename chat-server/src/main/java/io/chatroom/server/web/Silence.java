package io.chatroom.server.web;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits the idle time between an answer and the next request of a connection. One timer serves
 * many requests: when it fires, it checks how long the connection has been idle.
 */
final class Silence {

  private final EventExecutor loop;
  private final long longestNanos;
  private final BooleanSupplier isSilent;
  private final Runnable end;
  private @Nullable Future<?> timer;
  private long since;

  /**
   * @param isSilent true while the connection is idle
   * @param end called when it has been idle for too long
   */
  Silence(EventExecutor loop, long longestSeconds, BooleanSupplier isSilent, Runnable end) {
    this.loop = loop;
    this.longestNanos = TimeUnit.SECONDS.toNanos(longestSeconds);
    this.isSilent = isSilent;
    this.end = end;
  }

  /** Starts to measure the idle time. */
  void begin() {
    since = loop.ticker().nanoTime();
    if (timer == null) {
      timer = loop.schedule(this::check, longestNanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Cancels the timer. */
  void stop() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void check() {
    timer = null;
    if (isSilent.getAsBoolean()) { // else it restarts after the next answer
      long left = longestNanos - (loop.ticker().nanoTime() - since);
      if (left <= 0) {
        end.run();
      } else {
        timer = loop.schedule(this::check, left, TimeUnit.NANOSECONDS);
      }
    }
  }
}
