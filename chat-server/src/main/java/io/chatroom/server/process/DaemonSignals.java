package io.chatroom.server.process;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the signals mean that people send to daemons. SIGHUP: look at the files again, as hooks that
 * renew certificates expect; and the end, if the terminal has gone in which the server runs. The
 * signal is the same, so the terminal is asked.
 */
public final class DaemonSignals {

  private static final Logger log = LoggerFactory.getLogger(DaemonSignals.class);

  /** The signal may come a little before its reason. */
  private static final long TERMINAL_GOES_MILLIS = 500;

  private static final long LOOK_MILLIS = 50;

  private DaemonSignals() {}

  /** From here on a signal is logged, and ends nothing: others reopen their log at it. */
  public static void ignore(String name) {
    Signals.take(name, number -> log.info("SIG{} means nothing to this server", name));
  }

  /**
   * Takes SIGHUP from here on.
   *
   * @param lookAtFiles is run each time
   * @param end is run when the terminal has gone
   */
  public static void hangUp(Runnable lookAtFiles, Runnable end) {
    boolean inTerminal = Terminal.isThere();
    Signals.take(
        "HUP",
        number -> {
          if (inTerminal && terminalGoes()) {
            end.run();
          } else {
            log.info("SIGHUP: looking at the files again");
            lookAtFiles.run();
          }
        });
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
