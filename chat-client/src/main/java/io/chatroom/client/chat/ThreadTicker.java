package io.chatroom.client.chat;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The real ticker: a daemon thread. */
final class ThreadTicker implements Ticker {

  private final ScheduledThreadPoolExecutor executor;

  private final Consumer<RuntimeException> failed;

  /**
   * @param failed called with the exceptions of tasks, which would otherwise be lost
   */
  ThreadTicker(Consumer<RuntimeException> failed) {
    this.failed = failed;
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "conversation");
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public void execute(Runnable task) {
    executor.execute(() -> run(task));
  }

  @Override
  public void later(Duration delay, Runnable task) {
    executor.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      failed.accept(e);
    }
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void stop() {
    executor.shutdown();
  }
}
