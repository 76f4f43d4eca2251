package io.chatroom.server.names;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The permissions of people without an owned name, and the limit of new rooms for everybody. Where
 * guests are not welcome they can still come in, but only to claim their name. Thread-safe.
 */
public final class Guests {

  private final boolean areWelcome;
  private final @Nullable Allowance newRooms;

  /**
   * Makes the rules.
   *
   * @param areWelcome whether guests may do more than claim their name
   * @param newRoomsPerHour how many rooms an owned name, or all guests of one address together, may
   *     make; 0 is no limit
   * @param nanos the clock
   */
  public Guests(boolean areWelcome, int newRoomsPerHour, LongSupplier nanos) {
    this.areWelcome = areWelcome;
    this.newRooms =
        newRoomsPerHour == 0 ? null : new Allowance(newRoomsPerHour, Duration.ofHours(1), nanos);
  }

  /** Rules without restrictions. */
  static Guests free() {
    return new Guests(true, 0, System::nanoTime);
  }

  /** Whether guests may do more than claim their name. */
  boolean areWelcome() {
    return areWelcome;
  }

  /** Why a request is refused; null if it is allowed. */
  @Nullable Denial denies(Person person, FromClient request) {
    if (person.isNameless() && !isReading(request)) {
      return Denial.of(
          Code.NAME_BAD, "A message needs a name, add ?name=NAME to the address or send a token.");
    }
    return areWelcome || person.owned() || request instanceof FromClient.Claim
        ? null
        : Denial.of(
            Code.FORBIDDEN, "This server is for those who own their name: claim this one first.");
  }

  private static boolean isReading(FromClient request) {
    return request instanceof FromClient.Join
        || request instanceof FromClient.History
        || request instanceof FromClient.Search
        || request instanceof FromClient.Rooms;
  }

  /** Why a person may not make a room now; null counts it as made. */
  @Nullable Denial deniesNewRoom(Person person) {
    if (newRooms == null) {
      return null;
    }
    long waitMillis =
        newRooms.take(person.owned() ? person.name() : Neighbours.of(person.address()));
    return waitMillis == 0
        ? null
        : new Denial(
            Code.RATE, waitMillis, "Too many rooms were made in the last hour, try again later.");
  }
}
