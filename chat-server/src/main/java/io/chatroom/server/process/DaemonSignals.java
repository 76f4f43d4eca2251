package io.chatroom.server.process;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles the usual signals of daemons. SIGHUP means to check the files again, as hooks that renew
 * certificates expect; but it ends the server if its terminal has gone. Both send the same signal,
 * so it checks the terminal.
 */
public final class DaemonSignals {

  private static final Logger log = LoggerFactory.getLogger(DaemonSignals.class);

  /** How long to wait, as the signal may come shortly before the terminal is gone. */
  private static final long TERMINAL_GOES_MILLIS = 500;

  private static final long LOOK_MILLIS = 50;

  private DaemonSignals() {}

  /** Only logs a signal, at which other daemons reopen their log, instead of ending the process. */
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
