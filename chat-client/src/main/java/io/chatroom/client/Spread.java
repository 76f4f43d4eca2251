package io.chatroom.client;

import io.chatroom.protocol.session.Do;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The delay before the next connection: the one the server asks for, else a first delay that
 * doubles with each failure. It is multiplied by a random 0.5 to 1.5 ({@link Do#RECONNECT}), so
 * that ten thousand clients do not reconnect in the same instant.
 *
 * @param first the first delay if the server asks for none
 * @param longest the limit of its growth
 * @param random supplies numbers from 0 to 1
 */
record Spread(Duration first, Duration longest, DoubleSupplier random) {

  static final Spread DEFAULT =
      new Spread(
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          () -> ThreadLocalRandom.current().nextDouble());

  /** The longest delay that a server can ask for. */
  private static final Duration LONGEST_ASKED = Duration.ofDays(1);

  /**
   * The delay before the next attempt.
   *
   * @param failures number of failed attempts in a row
   * @param afterMillis the delay the server asked for, or null
   */
  Duration next(int failures, @Nullable Long afterMillis) {
    long asked = afterMillis == null ? first.toMillis() : afterMillis;
    long grown = Math.min(longest.toMillis(), first.toMillis() << Math.min(failures, 16));
    long millis = Math.min(LONGEST_ASKED.toMillis(), Math.max(asked, grown));
    return Duration.ofMillis(Math.round(millis * (0.5 + Math.min(1, random.getAsDouble()))));
  }
}
