package io.chatroom.client.chat;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * The delay before the next attempt: a random part of a time that doubles with every failure, so
 * that a thousand clients do not reconnect to a restarted server in the same instant. Not
 * thread-safe.
 */
final class Backoff {

  /** The shortest delay: a server that closes at once must not cause a tight loop. */
  static final Duration SHORTEST = Duration.ofMillis(100);

  /** The longest first delay. */
  static final Duration FIRST = Duration.ofMillis(500);

  /** The longest delay. */
  static final Duration LONGEST = Duration.ofSeconds(30);

  private final DoubleSupplier random;
  private int failures;

  /**
   * @param random supplies numbers from 0 to 1
   */
  Backoff(DoubleSupplier random) {
    this.random = random;
  }

  /** Counts a failure and returns the delay. */
  Duration next() {
    long most = FIRST.toMillis() << Math.min(failures, 16);
    most = Math.min(most, LONGEST.toMillis());
    failures++;
    long millis = SHORTEST.toMillis();
    return Duration.ofMillis(
        millis + Math.round((most - millis) * Math.min(1, random.getAsDouble())));
  }

  /** A connection has held: forgets earlier failures. */
  void reset() {
    failures = 0;
  }
}
