package io.chatroom.server.logging;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * A log that strangers cannot flood: a number of lines in a window of time, then one line that
 * counts those left out. Thread-safe.
 */
public final class BoundedLog {

  private final Logger log;
  private final String what;
  private final int lines;
  private final Duration window;
  private final ScheduledExecutorService timer;
  private int written;
  private long leftOut;

  /**
   * @param what the subject of the lines, in plural, for the line that counts
   * @param lines maximum number of lines in a window
   * @param window the length of a window, from its first line
   * @param timer closes windows
   */
  public BoundedLog(
      Logger log, String what, int lines, Duration window, ScheduledExecutorService timer) {
    this.log = log;
    this.what = what;
    this.lines = lines;
    this.window = window;
    this.timer = timer;
  }

  /** Logs a line, or counts it. The line is only formatted when it is written. */
  public void info(Supplier<String> line) {
    if (mayWrite()) {
      log.info(line.get());
    }
  }

  /** Logs a line and its cause, or counts it. */
  public void error(Supplier<String> line, Throwable cause) {
    if (mayWrite()) {
      log.error(line.get(), cause);
    }
  }

  private synchronized boolean mayWrite() {
    if (written == 0 && leftOut == 0) {
      timer.schedule(this::closeWindow, window.toMillis(), TimeUnit.MILLISECONDS);
    }
    if (written == lines) {
      leftOut++;
      return false;
    }
    written++;
    return true;
  }

  private synchronized void closeWindow() {
    if (leftOut > 0) {
      log.info("{} more {} in the last {} s", leftOut, what, window.toSeconds());
    }
    written = 0;
    leftOut = 0;
  }
}
