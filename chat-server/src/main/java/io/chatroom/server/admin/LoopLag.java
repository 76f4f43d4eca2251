package io.chatroom.server.admin;

import io.chatroom.server.metrics.LoopMetrics;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Measures how late an event loop runs its tasks, which is how long everything on it waits. Once a
 * second, so that it costs nothing.
 */
public final class LoopLag implements Runnable {

  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final EventExecutor loop;
  private final LoopMetrics metrics;
  private long dueNanos;

  private LoopLag(EventExecutor loop, LoopMetrics metrics) {
    this.loop = loop;
    this.metrics = metrics;
  }

  /** Measures until the loop ends. */
  public static void measure(EventExecutor loop, LoopMetrics metrics) {
    loop.execute(() -> new LoopLag(loop, metrics).next());
  }

  @Override
  public void run() {
    metrics.lag(Math.max(0, loop.ticker().nanoTime() - dueNanos));
    next();
  }

  private void next() {
    if (!loop.isShuttingDown()) {
      dueNanos = loop.ticker().nanoTime() + INTERVAL_NANOS;
      loop.schedule(this, INTERVAL_NANOS, TimeUnit.NANOSECONDS);
    }
  }
}
