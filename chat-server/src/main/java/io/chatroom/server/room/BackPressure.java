package io.chatroom.server.room;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells whether senders must wait. They must while there is at least one reason: a member of the
 * room that is behind and still has time to catch up, or an event loop that is behind. A sender
 * waits because the server stops reading from it, so TCP slows it down and nothing is lost.
 * Thread-safe.
 */
public final class BackPressure {

  private final AtomicInteger reasons = new AtomicInteger();
  private final Runnable whenOver;

  /**
   * @param whenOver called each time the last reason ends, on the thread that ended it
   */
  BackPressure(Runnable whenOver) {
    this.whenOver = whenOver;
  }

  boolean isOn() {
    return reasons.get() > 0;
  }

  /** Adds a reason. */
  public void begin() {
    reasons.incrementAndGet();
  }

  /** Ends one reason that {@link #begin} added. */
  public void end() {
    if (reasons.decrementAndGet() == 0) {
      whenOver.run();
    }
  }
}
