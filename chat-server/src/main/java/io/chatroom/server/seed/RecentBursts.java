package io.chatroom.server.seed;

import io.chatroom.server.room.Delivery;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The last part of what a room has delivered on one event loop, kept as long as a member there has
 * not got it. A place in it is the number of bytes before it, counted from the first that was
 * delivered there. All members that are behind share it. Belongs to the event loop.
 */
final class RecentBursts {

  /** A burst, and how many messages came before it. */
  private record Kept(Delivery delivery, long messagesBefore) {}

  private final NavigableMap<Long, Kept> kept = new TreeMap<>();
  private long end;
  private long messages;

  /** The place behind all that was delivered. */
  long end() {
    return end;
  }

  /** The place of the first byte that is still here; the end, if nothing is. */
  long start() {
    return kept.isEmpty() ? end : kept.firstKey();
  }

  /** How many messages came before the first that is still here. */
  long messagesBeforeStart() {
    return kept.isEmpty() ? messages : kept.firstEntry().getValue().messagesBefore();
  }

  /** How many messages came before a place that is neither gone nor the end. */
  long messagesBefore(long place) {
    return Objects.requireNonNull(kept.get(place)).messagesBefore();
  }

  /** How many bytes of the order a burst is. */
  static long size(Delivery delivery) {
    return delivery.said().burst().size();
  }

  /** Counts a burst that everybody has got. The caller keeps its reference. */
  void pass(Delivery delivery) {
    end += size(delivery);
    messages += delivery.said().burst().messages();
  }

  /** Keeps a burst, with a reference of its own. */
  void keep(Delivery delivery) {
    kept.put(end, new Kept(delivery.retain(), messages));
    pass(delivery);
  }

  /** The burst at a place, which is neither gone nor the end. The next one is behind its bytes. */
  Delivery at(long place) {
    return Objects.requireNonNull(kept.get(place)).delivery();
  }

  /**
   * Lets go of what no member needs.
   *
   * @param needed everything from this place on stays
   * @param maxBytes what is before it goes while more than this is kept
   */
  void trim(long needed, long maxBytes) {
    while (!kept.isEmpty() && start() < needed && end - start() > maxBytes) {
      kept.pollFirstEntry().getValue().delivery().release();
    }
  }
}
