package io.chatroom.server.names;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The rate limits of posts in single requests: for an owner together with their bots, or for all
 * guests of one address together. Thread-safe.
 */
public final class Posters {

  private final @Nullable Allowance owners;
  private final @Nullable Allowance guests;

  /**
   * Makes the limits.
   *
   * @param ownersPerSecond the rate of owners in the long run; 0 is no limit
   * @param guestsPerSecond the same for guests
   * @param burst how many at once, after a long enough silence
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
   * @return how many milliseconds it must wait; 0 if it is allowed now
   */
  public long take(Person person) {
    Owner owner = person.owner();
    Allowance allowance = owner == null ? guests : owners;
    return allowance == null
        ? 0
        : allowance.take(owner == null ? Neighbours.of(person.address()) : owner.id());
  }
}
