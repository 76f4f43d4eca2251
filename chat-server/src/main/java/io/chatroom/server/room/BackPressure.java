package io.chatroom.server.room;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether senders have to wait for the room. It is on while there is at least one reason: a member
 * that is behind and still has its time to catch up, or an event loop that is. Senders wait by not
 * being read from, so that TCP slows them down and nothing is lost. Thread-safe.
 */
final class BackPressure {

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

  void begin() {
    reasons.incrementAndGet();
  }

  /** Takes back one {@link #begin}. */
  void end() {
    if (reasons.decrementAndGet() == 0) {
      whenOver.run();
    }
  }
}
