package io.chatroom.client.terminal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that a test moves. */
final class ManualClock extends Clock {

  private Instant now = Instant.parse("2026-11-23T23:58:00Z");

  private Runnable asked = () -> {};

  /** Runs this before each reading of the clock. */
  void whenAsked(Runnable task) {
    asked = task;
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  @Override
  public Instant instant() {
    asked.run();
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException();
  }
}
