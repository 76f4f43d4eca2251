package io.chatroom.client.terminal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Detects that the user is away: the terminal has reported that its window lost the focus, or no
 * key was pressed for a while. Thread-safe.
 */
final class Absence {

  /** The time without a key after which a user counts as away. */
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

  /** The window has the focus again. */
  synchronized void focusGained() {
    key();
  }

  /** The window has lost the focus. */
  synchronized void focusLost() {
    outOfFocus = true;
  }

  /** True for the first message during an absence only. */
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
