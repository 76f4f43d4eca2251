package io.chatroom.server.names;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The permissions of people without an owned name, and everybody's limit of new rooms. Where guests
 * are not welcome they can still connect, but only to claim their name. Thread-safe.
 */
public final class Guests {

  private final boolean areWelcome;
  private final @Nullable Allowance newRooms;

  /**
   * Makes the rules.
   *
   * @param areWelcome false if guests may only claim their name
   * @param newRoomsPerHour the most new rooms an hour, for each owned name and for all guests of
   *     one address together; 0 is no limit
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

  /** False if guests may only claim their name. */
  boolean areWelcome() {
    return areWelcome;
  }

  /** Why a request is refused; null if it is allowed. */
  @Nullable Denial denies(Person person, FromClient request) {
    if (person.isNameless() && !isReading(request)) {
      return Denial.of(
          Code.NAME_BAD, "A message needs a name; add ?name=NAME to the address, or send a token.");
    }
    return areWelcome || person.owned() || request instanceof FromClient.Claim
        ? null
        : Denial.of(
            Code.FORBIDDEN, "Only owners of names can use this server; claim this name first.");
  }

  private static boolean isReading(FromClient request) {
    return request instanceof FromClient.Join
        || request instanceof FromClient.History
        || request instanceof FromClient.Search
        || request instanceof FromClient.Rooms;
  }

  /** Why a person may not make a room now; if they may, counts the room and returns null. */
  @Nullable Denial deniesNewRoom(Person person) {
    if (newRooms == null) {
      return null;
    }
    long waitMillis =
        newRooms.take(person.owned() ? person.name() : Neighbours.of(person.address()));
    return waitMillis == 0
        ? null
        : new Denial(
            Code.RATE, waitMillis, "Too many rooms were made in the last hour; try again later.");
  }
}
