package io.chatroom.server.names;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How much those may post who come for one request each: the owner of a name with its bots, or all
 * guests of one address together. Thread-safe.
 */
public final class Posters {

  private final @Nullable Allowance owners;
  private final @Nullable Allowance guests;

  /**
   * Says how much.
   *
   * @param ownersPerSecond in the long run; 0 is as much as they like
   * @param guestsPerSecond the same of guests
   * @param burst at once, after they have been silent for long enough
   * @param nanos the time now
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
   * Somebody posts, if it may.
   *
   * @return how many milliseconds it has to wait before; 0 if it may now
   */
  public long take(Person person) {
    Owner owner = person.owner();
    Allowance allowance = owner == null ? guests : owners;
    return allowance == null
        ? 0
        : allowance.take(owner == null ? Neighbours.of(person.address()) : owner.id());
  }
}
