package io.chatroom.client.chat;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next try: a random part of a time that doubles with every failure, so
 * that a thousand clients do not come back to a restarted server in the same instant. Not
 * thread-safe.
 */
final class Backoff {

  /** So that a server that closes at once is not asked in a tight loop. */
  static final Duration SHORTEST = Duration.ofMillis(100);

  /** What the first wait is at most. */
  static final Duration FIRST = Duration.ofMillis(500);

  /** What any wait is at most. */
  static final Duration LONGEST = Duration.ofSeconds(30);

  private final DoubleSupplier random;
  private int failures;

  /**
   * @param random a number from 0 to 1 at each call
   */
  Backoff(DoubleSupplier random) {
    this.random = random;
  }

  /** Counts a failure, and says how long to wait because of it. */
  Duration next() {
    long most = FIRST.toMillis() << Math.min(failures, 16);
    most = Math.min(most, LONGEST.toMillis());
    failures++;
    long millis = SHORTEST.toMillis();
    return Duration.ofMillis(
        millis + Math.round((most - millis) * Math.min(1, random.getAsDouble())));
  }

  /** A connection has held: what went wrong before does not count any more. */
  void reset() {
    failures = 0;
  }
}
