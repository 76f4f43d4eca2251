package io.chatroom.server;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What SIGHUP means: look at the files again, as hooks that renew certificates and administrators
 * expect of a daemon; and the end, if the terminal has gone in which the server runs. The signal is
 * the same, so the terminal is asked.
 */
final class HangUp {

  private static final Logger log = LoggerFactory.getLogger(HangUp.class);

  /** The signal may come a little before its reason. */
  private static final long TERMINAL_GOES_MILLIS = 500;

  private static final long LOOK_MILLIS = 50;

  private HangUp() {}

  /**
   * Takes the signal from here on.
   *
   * @param lookAtFiles is run each time
   * @param end is run when the terminal has gone; not if the signal was to be ignored when this
   *     process was started, as by {@code nohup}
   */
  static void handle(Runnable lookAtFiles, Runnable end) {
    boolean inTerminal = Terminal.isThere();
    boolean[] mayEnd = new boolean[1];
    Signals.Before before =
        Signals.take(
            "HUP",
            number -> {
              if (mayEnd[0] && inTerminal && terminalGoes()) {
                end.run();
              } else {
                log.info("SIGHUP: looking at the files again");
                lookAtFiles.run();
              }
            });
    mayEnd[0] = before == Signals.Before.HANDLED;
  }

  private static boolean terminalGoes() {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TERMINAL_GOES_MILLIS);
    while (Terminal.isThere()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}
