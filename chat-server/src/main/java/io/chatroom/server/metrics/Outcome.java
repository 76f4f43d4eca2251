package io.chatroom.server.metrics;

import java.util.Locale;

/** How a connection ended. Each that came ends in exactly one of these ways. */
public enum Outcome {
  /** A member that left by itself, or that the end of the server found in the room. */
  LEFT,
  /** It went before it had said its name. */
  UNREGISTERED,
  /** It asked by HTTP, was answered, and left. */
  ANSWERED,
  /** There were enough connections in all. */
  REFUSED_TOO_MANY,
  /** There were enough connections from its address. */
  REFUSED_ADDRESS,
  /** It, or its address, may not come in. */
  REFUSED_BANNED,
  /** It came while the server was about to stop. */
  REFUSED_DRAINING,
  /** It did not say whom it stands for, though it had to: a PROXY header was missing or wrong. */
  REFUSED_PROXY_HEADER,
  /** It had to show an access key, and had none that lets anybody in, or has none any more. */
  REFUSED_KEY,
  /** It spoke the seed's protocol, and those who do are not let in from where it came. */
  REFUSED_SEED,
  /** It broke the protocol; see the violations. */
  VIOLATION,
  /** It was a member that did not keep up. */
  SLOW,
  /** Somebody who keeps order put it out. */
  PUT_OUT,
  /** It held too much memory with frames that it did not finish. */
  MEMORY,
  /** Its machine gave no sign of life any more. */
  VANISHED,
  /** The network broke it. */
  BROKEN,
  /** An error of the server's own. */
  FAILED;

  /** A stable name for a label. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
