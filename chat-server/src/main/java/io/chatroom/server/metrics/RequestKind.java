package io.chatroom.server.metrics;

import java.util.Locale;

/** The kind of an HTTP request. */
public enum RequestKind {
  /** The page and its files. */
  PAGE,
  /** The API. */
  API,
  /** A WebSocket. */
  WEBSOCKET,
  /** Not found, or malformed. */
  OTHER;

  /** A stable name for a label. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
