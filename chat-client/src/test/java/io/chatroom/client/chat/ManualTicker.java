package io.chatroom.client.chat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** A ticker whose time a test moves, on the test's own thread. */
final class ManualTicker implements Ticker {

  private record Later(long at, long order, Runnable task) {}

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(Comparator.comparingLong(Later::at).thenComparingLong(Later::order));
  private long now = 1_000_000_000_000L;
  private long order;
  private boolean running;
  boolean stopped;

  @Override
  public void execute(Runnable task) {
    if (stopped) {
      return;
    }
    tasks.add(task);
    if (!running) {
      running = true;
      for (Runnable next = tasks.poll(); next != null; next = tasks.poll()) {
        next.run();
      }
      running = false;
    }
  }

  @Override
  public void later(Duration delay, Runnable task) {
    later.add(new Later(now + delay.toNanos(), order++, task));
  }

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public void stop() {
    stopped = true;
  }

  /** Lets time pass, and runs everything that is due. */
  void pass(Duration time) {
    long end = now + time.toNanos();
    for (Later next = later.peek(); next != null && next.at <= end; next = later.peek()) {
      later.remove();
      now = next.at;
      execute(next.task);
    }
    now = end;
  }
}
