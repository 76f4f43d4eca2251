package io.chatroom.server.names;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The rate limits of posts in single requests. An owner shares one with their bots; all guests of
 * one address share one. Thread-safe.
 */
public final class Posters {

  private final @Nullable Allowance owners;
  private final @Nullable Allowance guests;

  /**
   * Makes the limits.
   *
   * @param ownersPerSecond the sustained rate of an owner; 0 is no limit
   * @param guestsPerSecond the sustained rate of the guests of one address; 0 is no limit
   * @param burst the most posts at once, after a long enough pause
   * @param nanos the clock
   */
  public Posters(int ownersPerSecond, int guestsPerSecond, int burst, LongSupplier nanos) {
    this.owners = allowance(ownersPerSecond, burst, nanos);
    this.guests = allowance(guestsPerSecond, burst, nanos);
  }

  private static @Nullable Allowance allowance(int perSecond, int burst, LongSupplier nanos) {
    return perSecond == 0
        ? null
        : new Allowance(
            burst, Duration.ofSeconds(1).multipliedBy(burst).dividedBy(perSecond), nanos);
  }

  /**
   * Counts a post, if it is allowed.
   *
   * @return the wait in milliseconds; 0 if it is allowed now
   */
  public long take(Person person) {
    Owner owner = person.owner();
    Allowance allowance = owner == null ? guests : owners;
    return allowance == null
        ? 0
        : allowance.take(owner == null ? Neighbours.of(person.address()) : owner.id());
  }
}
