package io.chatroom.server.metrics;

import java.util.Locale;

/** What a request of HTTP was for. */
public enum RequestKind {
  /** The page, and what belongs to it. */
  PAGE,
  /** The API. */
  API,
  /** A WebSocket. */
  WEBSOCKET,
  /** Nothing that there is, or no request in order. */
  OTHER;

  /** A stable name for a label. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
