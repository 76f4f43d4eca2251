package io.chatroom.server.logging;

import ch.qos.logback.classic.Level;

/** The least severe kind of line that is logged. */
public enum LogLevel {
  /** Defects of the server only. */
  ERROR,
  /** Also trouble that an operator should know of. */
  WARN,
  /** Also arrivals and departures, with reasons. */
  INFO,
  /** Also ordinary failures of connections. */
  DEBUG,
  /** Everything. */
  TRACE;

  Level ofLogback() {
    return Level.valueOf(name());
  }
}
