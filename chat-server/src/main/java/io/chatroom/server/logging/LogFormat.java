package io.chatroom.server.logging;

/** The format of the log. */
public enum LogFormat {
  /** Plain text for people. */
  TEXT,
  /** One JSON object per line, with the fields of Google's Cloud Logging. */
  JSON
}
