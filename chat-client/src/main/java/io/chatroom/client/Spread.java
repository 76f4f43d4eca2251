package io.chatroom.client;

import io.chatroom.protocol.session.Do;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait before the next connection: as long as the server says, else the first wait,
 * growing with each failure. It is multiplied by a random 0.5 to 1.5 ({@link Do#RECONNECT}), so
 * that ten thousand clients do not come back in the same instant.
 *
 * @param first the first wait where the server says nothing
 * @param longest the limit of its growth
 * @param random gives a number from 0 to 1 at each call
 */
record Spread(Duration first, Duration longest, DoubleSupplier random) {

  static final Spread DEFAULT =
      new Spread(
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          () -> ThreadLocalRandom.current().nextDouble());

  /** The longest wait that a server can ask for. */
  private static final Duration LONGEST_ASKED = Duration.ofDays(1);

  /**
   * The wait before the next try.
   *
   * @param failures how many attempts in a row have failed
   * @param afterMillis what the server said, or null
   */
  Duration next(int failures, @Nullable Long afterMillis) {
    long asked = afterMillis == null ? first.toMillis() : afterMillis;
    long grown = Math.min(longest.toMillis(), first.toMillis() << Math.min(failures, 16));
    long millis = Math.min(LONGEST_ASKED.toMillis(), Math.max(asked, grown));
    return Duration.ofMillis(Math.round(millis * (0.5 + Math.min(1, random.getAsDouble()))));
  }
}
