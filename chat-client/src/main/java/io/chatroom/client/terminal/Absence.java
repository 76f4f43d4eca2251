package io.chatroom.client.terminal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Knows whether somebody sits at the terminal. Nobody does when the terminal has said that its
 * window lost the focus, or when no key was pressed for a while. Thread-safe.
 */
final class Absence {

  /** So long one may read without touching a key. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Clock clock;
  private Instant lastKey;
  private boolean outOfFocus;
  private boolean marked;

  Absence(Clock clock) {
    this.clock = clock;
    lastKey = clock.instant();
  }

  /** A key was pressed. */
  synchronized void key() {
    lastKey = clock.instant();
    outOfFocus = false;
    marked = false;
  }

  /** The window is looked at again. */
  synchronized void focusGained() {
    key();
  }

  /** Another window is looked at. */
  synchronized void focusLost() {
    outOfFocus = true;
  }

  /** True for the first message that comes while nobody is there, once for each absence. */
  synchronized boolean begins() {
    boolean away =
        outOfFocus || Duration.between(lastKey, clock.instant()).compareTo(PATIENCE) >= 0;
    if (!away || marked) {
      return false;
    }
    marked = true;
    return true;
  }
}
