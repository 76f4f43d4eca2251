package io.chatroom.server.room;

import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The last part of what an event loop has delivered, kept as long as one of its members has not got
 * it. A place in it is the number of bytes before it, counted from the loop's start. Members that
 * are behind share it, however many they are. Belongs to its event loop.
 */
final class RecentBursts {

  private final NavigableMap<Long, Burst> kept = new TreeMap<>();
  private long end;

  /** The place behind all that was delivered. */
  long end() {
    return end;
  }

  /** The place of the first byte that is still here; the end, if nothing is. */
  long start() {
    return kept.isEmpty() ? end : kept.firstKey();
  }

  /** Counts a burst that everybody has got. The caller keeps its reference. */
  void pass(Burst burst) {
    end += burst.size();
  }

  /** Keeps a burst, with a reference of its own. */
  void keep(Burst burst) {
    kept.put(end, burst.retain());
    pass(burst);
  }

  /** The burst at a place, which is neither gone nor the end. The next one is behind its bytes. */
  Burst at(long place) {
    return Objects.requireNonNull(kept.get(place));
  }

  /**
   * Lets go of what nobody needs.
   *
   * @param needed everything from this place on stays
   * @param maxBytes of what is before it, so much stays at most
   */
  void trim(long needed, long maxBytes) {
    while (!kept.isEmpty() && start() < needed && end - start() > maxBytes) {
      kept.pollFirstEntry().getValue().release();
    }
  }
}
