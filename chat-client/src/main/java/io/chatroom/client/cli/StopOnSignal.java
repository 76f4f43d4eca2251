package io.chatroom.client.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command finish when a signal stops the JVM: makes it end soon, and delays the JVM until
 * the command has printed everything.
 */
final class StopOnSignal {

  /** Longer than any command should take to end. */
  private static final long LONGEST_SECONDS = 70;

  private final CountDownLatch printed = new CountDownLatch(1);
  private final Thread hook;

  /**
   * @param stop makes the command end soon
   */
  StopOnSignal(Runnable stop) {
    hook =
        new Thread(
            () -> {
              stop.run();
              try {
                printed.await(LONGEST_SECONDS, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** The command has printed everything. */
  void done() {
    printed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is stopping already, and the hook is running.
    }
  }
}
