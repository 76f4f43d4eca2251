package io.chatroom.server.logging;

import ch.qos.logback.classic.Level;

/** How bad something must be to be logged. */
public enum LogLevel {
  /** The server's own errors only. */
  ERROR,
  /** And what somebody should look at. */
  WARN,
  /** And who comes, who goes, and why. */
  INFO,
  /** And what happens to connections every day. */
  DEBUG,
  /** All there is. */
  TRACE;

  Level ofLogback() {
    return Level.valueOf(name());
  }
}
