package io.chatroom.server.logging;

import ch.qos.logback.classic.Level;

/** How severe something must be to be logged. */
public enum LogLevel {
  /** Defects of the server only. */
  ERROR,
  /** Also what an operator should look at. */
  WARN,
  /** Also arrivals, departures, and their reasons. */
  INFO,
  /** Also ordinary failures of connections. */
  DEBUG,
  /** Everything. */
  TRACE;

  Level ofLogback() {
    return Level.valueOf(name());
  }
}
