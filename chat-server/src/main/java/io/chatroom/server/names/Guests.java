package io.chatroom.server.names;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What those may do who own no name, and how many rooms anybody may make. Where guests are not
 * wanted they come in all the same, and may make their name their own and nothing else.
 * Thread-safe.
 */
public final class Guests {

  private final boolean areWelcome;
  private final @Nullable Allowance newRooms;

  /**
   * Says what they may.
   *
   * @param areWelcome whether they may do more than to claim their name
   * @param newRoomsPerHour how many rooms may be made under an owned name, or by all guests of one
   *     address; 0 is as many as they like
   * @param nanos the time now
   */
  public Guests(boolean areWelcome, int newRoomsPerHour, LongSupplier nanos) {
    this.areWelcome = areWelcome;
    this.newRooms =
        newRoomsPerHour == 0 ? null : new Allowance(newRoomsPerHour, Duration.ofHours(1), nanos);
  }

  /** Those who may do everything. */
  static Guests free() {
    return new Guests(true, 0, System::nanoTime);
  }

  /** Whether they may do more than to claim their name. */
  boolean areWelcome() {
    return areWelcome;
  }

  /** Why somebody may not ask for this; null if it may. */
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

  /** Why somebody may not make a room now; null if it makes one. */
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
