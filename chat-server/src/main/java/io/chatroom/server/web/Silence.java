package io.chatroom.server.web;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The time between an answer and the next request of a connection, which has an end. There is one
 * timer for many requests: it looks how long it has been silent when it fires.
 */
final class Silence {

  private final EventExecutor loop;
  private final long longestNanos;
  private final BooleanSupplier isSilent;
  private final Runnable end;
  private @Nullable Future<?> timer;
  private long since;

  /**
   * @param isSilent whether it is silent now
   * @param end called when it has been silent for too long
   */
  Silence(EventExecutor loop, long longestSeconds, BooleanSupplier isSilent, Runnable end) {
    this.loop = loop;
    this.longestNanos = TimeUnit.SECONDS.toNanos(longestSeconds);
    this.isSilent = isSilent;
    this.end = end;
  }

  /** It may be silent from now on. */
  void begin() {
    since = loop.ticker().nanoTime();
    if (timer == null) {
      timer = loop.schedule(this::look, longestNanos, TimeUnit.NANOSECONDS);
    }
  }

  /** It matters no more. */
  void stop() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void look() {
    timer = null;
    if (isSilent.getAsBoolean()) { // else it begins again behind the next answer
      long left = longestNanos - (loop.ticker().nanoTime() - since);
      if (left <= 0) {
        end.run();
      } else {
        timer = loop.schedule(this::look, left, TimeUnit.NANOSECONDS);
      }
    }
  }
}
