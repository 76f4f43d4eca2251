package io.chatroom.server.logging;

/** How a line of the log looks. */
public enum LogFormat {
  /** As people read it. */
  TEXT,
  /** One object a line, with the fields that Google's Cloud Logging knows. */
  JSON
}
