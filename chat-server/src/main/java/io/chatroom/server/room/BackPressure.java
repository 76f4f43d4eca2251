package io.chatroom.server.room;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether those who talk have to wait. It is on while there is at least one reason: a member of the
 * room that is behind and still has its time to catch up, or an event loop that is. They wait by
 * not being read from, so that TCP slows them down and nothing is lost. Thread-safe.
 */
public final class BackPressure {

  private final AtomicInteger reasons = new AtomicInteger();
  private final Runnable whenOver;

  /**
   * @param whenOver called, on whichever thread, each time the last reason has gone
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

  /** Takes back one {@link #begin}. */
  public void end() {
    if (reasons.decrementAndGet() == 0) {
      whenOver.run();
    }
  }
}
