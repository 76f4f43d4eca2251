package io.chatroom.server.log.shared;

import io.chatroom.server.log.Refusal;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An outage of the database, with the rooms that wait until it is back. They are parked, as the
 * database may still lock their rows while it waits for its standby. One of them, always the same,
 * keeps trying. Thread-safe.
 */
final class Outage {

  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  /** The first one keeps trying. */
  private final Set<SharedLog> parked = new LinkedHashSet<>();

  private volatile @Nullable Refusal why;
  private long pauseMillis;

  /** Why bursts are refused in all rooms; null if the database is not away. */
  @Nullable Refusal why() {
    return why;
  }

  /**
   * Begins or continues the outage, and parks a room.
   *
   * @return the pause before the first try, in milliseconds; 0 if the outage had already begun
   */
  synchronized long begin(SharedLog room, Refusal reason) {
    parked.add(room);
    boolean isNew = why == null;
    why = reason;
    if (!isNew) {
      return 0;
    }
    pauseMillis = FIRST_PAUSE_MILLIS;
    return pauseMillis;
  }

  /**
   * Parks a room while the database is away.
   *
   * @return false if the database is not away
   */
  synchronized boolean park(SharedLog room) {
    if (why != null) {
      parked.add(room);
    }
    return why != null;
  }

  /** Returns the room that keeps trying; null if no room is parked, which ends the outage. */
  synchronized @Nullable SharedLog prober() {
    if (parked.isEmpty()) {
      why = null; // the next burst will find out
      return null;
    }
    return parked.iterator().next();
  }

  /** Returns the pause before the next try, in milliseconds; 0 if the outage is over. */
  synchronized long nextPauseMillis() {
    if (why == null) {
      return 0;
    }
    pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
    return pauseMillis;
  }

  /** Ends the outage and returns the parked rooms; null if the database was not away. */
  @Nullable Set<SharedLog> end() {
    if (why == null) {
      return null;
    }
    synchronized (this) {
      if (why == null) {
        return null;
      }
      why = null;
      Set<SharedLog> all = Set.copyOf(parked);
      parked.clear();
      return all;
    }
  }

  synchronized void forget(SharedLog room) {
    parked.remove(room);
  }
}
