package io.chatroom.server.seed;

import io.chatroom.server.room.Delivery;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The latest bursts that a room has delivered on one event loop, kept while a member there has not
 * received them. A place is the number of bytes before it, counted from the first burst delivered
 * there. All members that are behind share it. Belongs to the event loop.
 */
final class RecentBursts {

  /** A burst, and the number of messages before it. */
  private record Kept(Delivery delivery, long messagesBefore) {}

  private final NavigableMap<Long, Kept> kept = new TreeMap<>();
  private long end;
  private long messages;

  /** The place after all delivered bursts. */
  long end() {
    return end;
  }

  /** The place of the first kept byte; the end if nothing is kept. */
  long start() {
    return kept.isEmpty() ? end : kept.firstKey();
  }

  /** The number of messages before the first kept one. */
  long messagesBeforeStart() {
    return kept.isEmpty() ? messages : kept.firstEntry().getValue().messagesBefore();
  }

  /** The number of messages before a place, which must be kept and not the end. */
  long messagesBefore(long place) {
    return Objects.requireNonNull(kept.get(place)).messagesBefore();
  }

  /** The size of a burst in the order, in bytes. */
  static long size(Delivery delivery) {
    return delivery.said().burst().size();
  }

  /** Counts a burst that every member has received. The caller keeps its reference. */
  void pass(Delivery delivery) {
    end += size(delivery);
    messages += delivery.said().burst().messages();
  }

  /** Keeps a burst, with a reference of its own. */
  void keep(Delivery delivery) {
    kept.put(end, new Kept(delivery.retain(), messages));
    pass(delivery);
  }

  /** The burst at a place, which must be kept and not the end. The next one follows its bytes. */
  Delivery at(long place) {
    return Objects.requireNonNull(kept.get(place)).delivery();
  }

  /**
   * Releases bursts that no member needs.
   *
   * @param needed everything from this place on stays
   * @param maxBytes earlier bursts are released while more than this is kept
   */
  void trim(long needed, long maxBytes) {
    while (!kept.isEmpty() && start() < needed && end - start() > maxBytes) {
      kept.pollFirstEntry().getValue().delivery().release();
    }
  }
}
