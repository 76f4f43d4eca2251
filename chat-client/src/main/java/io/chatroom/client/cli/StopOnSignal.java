package io.chatroom.client.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command come to its end when the JVM is asked to stop by a signal: asks it to hurry, and
 * holds the JVM until the command has said what it has to say.
 */
final class StopOnSignal {

  /** Longer than any command should take once it was asked to stop. */
  private static final long LONGEST_SECONDS = 70;

  private final CountDownLatch said = new CountDownLatch(1);
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
                said.await(LONGEST_SECONDS, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** The command has said everything. */
  void done() {
    said.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is stopping already, and the hook with it.
    }
  }
}
