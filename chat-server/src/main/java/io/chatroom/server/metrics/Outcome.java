package io.chatroom.server.metrics;

import java.util.Locale;

/** How a connection ended. Each connection has exactly one outcome. */
public enum Outcome {
  /** A member that left by itself, or was in a room when the server stopped. */
  LEFT,
  /** It ended before it registered. */
  UNREGISTERED,
  /** It sent HTTP requests, was answered, and left. */
  ANSWERED,
  /** Refused: too many connections in total. */
  REFUSED_TOO_MANY,
  /** Refused: too many connections from its address. */
  REFUSED_ADDRESS,
  /** Refused: it, or its address, is banned. */
  REFUSED_BANNED,
  /** Refused: the server was stopping. */
  REFUSED_DRAINING,
  /** Refused: the required PROXY header was missing or malformed. */
  REFUSED_PROXY_HEADER,
  /** Refused: it had no valid access key, or its key was revoked. */
  REFUSED_KEY,
  /** Refused: the seed's protocol is not allowed from its address. */
  REFUSED_SEED,
  /** It broke the protocol; see the violations. */
  VIOLATION,
  /** It was a slow member. */
  SLOW,
  /** A moderator removed it. */
  PUT_OUT,
  /** It held too much memory with unfinished frames. */
  MEMORY,
  /** Its machine gave no sign of life. */
  VANISHED,
  /** The network broke it. */
  BROKEN,
  /** A defect of the server. */
  FAILED;

  /** A stable name for a label. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
