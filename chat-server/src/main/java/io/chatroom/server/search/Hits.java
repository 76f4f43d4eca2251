package io.chatroom.server.search;

import io.chatroom.server.log.Journal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects the hits of one search, from newer to older messages. An index only proposes candidates;
 * the message itself is checked, because an index cannot express every query, and may still contain
 * messages that are no longer stored.
 */
final class Hits {

  private final Wanted wanted;
  private final Set<String> rooms;
  private final List<Hit> hits = new ArrayList<>();
  private long foundBytes;
  private int checked;
  private @Nullable Long next;

  /**
   * @param rooms the keys of the rooms in which it may find messages
   */
  Hits(Wanted wanted, Set<String> rooms) {
    this.wanted = wanted;
    this.rooms = rooms;
  }

  /** Adds the messages that match; returns false if the page is full. */
  boolean take(Journal journal, List<Long> ns) throws IOException {
    Map<Long, Journal.Line> lines = new HashMap<>();
    journal.at(ns).forEach(line -> lines.put(line.n(), line));
    for (long n : ns) {
      Journal.Line line = lines.get(n);
      if (line != null && !take(line)) { // null: no longer stored
        return false;
      }
    }
    return true;
  }

  /** Adds a message if it matches; returns false if the page is full. */
  boolean take(Journal.Line line) {
    checked++;
    long before = wanted.inOneRoom() ? line.message().seq() : line.n();
    if (rooms.contains(line.room()) && wanted.query().matches(line.message())) {
      if (hits.size() == wanted.limit() || foundBytes > wanted.bytes()) {
        return false;
      }
      hits.add(new Hit(line.room(), line.message(), before));
      foundBytes += line.message().length();
    }
    next = before;
    return true;
  }

  /** Records that everything from this position on was searched. */
  void passed(long place) {
    next = place;
  }

  /** The number of messages that were checked. */
  int checked() {
    return checked;
  }

  /** The result of a complete search. */
  Found all(boolean complete) {
    return new Found(hits, null, complete);
  }

  /** The result when a page is full and there is more. */
  Found page(boolean complete) {
    return new Found(hits, hits.get(hits.size() - 1).before(), complete);
  }

  /** The result of a search that stopped early: the next page may find more. */
  Found part(boolean complete) {
    return new Found(hits, next, complete && next != null);
  }
}
