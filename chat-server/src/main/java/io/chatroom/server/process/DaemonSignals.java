package io.chatroom.server.process;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles the usual signals of daemons. SIGHUP means to check the files again, as hooks that renew
 * certificates expect. It is also sent when the terminal goes away, which ends the server. So the
 * handler checks whether the terminal is still there.
 */
public final class DaemonSignals {

  private static final Logger log = LoggerFactory.getLogger(DaemonSignals.class);

  /** Time to wait for the terminal to go, as the signal can come shortly before that. */
  private static final long TERMINAL_GOES_MILLIS = 500;

  private static final long LOOK_MILLIS = 50;

  private DaemonSignals() {}

  /**
   * Logs a signal and does nothing else. Other daemons reopen their log at it; by default it would
   * end the process.
   */
  public static void ignore(String name) {
    Signals.take(name, number -> log.info("SIG{} means nothing to this server", name));
  }

  /**
   * Begins to handle SIGHUP.
   *
   * @param lookAtFiles checks the files
   * @param end runs when the terminal has gone
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
