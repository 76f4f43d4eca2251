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
 * What one search has found so far, from its place towards older messages. An index proposes, the
 * message decides: a query may be more than an index can say, and what is kept no more is not
 * found, whatever the index still has.
 */
final class Hits {

  private final Wanted wanted;
  private final Set<String> rooms;
  private final List<Hit> hits = new ArrayList<>();
  private long foundBytes;
  private int lookedAt;
  private @Nullable Long next;

  /**
   * @param rooms what the names of the rooms are compared by in which it may find something
   */
  Hits(Wanted wanted, Set<String> rooms) {
    this.wanted = wanted;
    this.rooms = rooms;
  }

  /** Takes those of some messages that are what is looked for; false if there are too many. */
  boolean take(Journal journal, List<Long> ns) throws IOException {
    Map<Long, Journal.Line> lines = new HashMap<>();
    journal.at(ns).forEach(line -> lines.put(line.n(), line));
    for (long n : ns) {
      Journal.Line line = lines.get(n);
      if (line != null && !take(line)) { // else it is kept no more
        return false;
      }
    }
    return true;
  }

  /** Takes a message if it is what is looked for; false if that is one too many. */
  boolean take(Journal.Line line) {
    lookedAt++;
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

  /** Everything from a place on was looked at, or need not be. */
  void passed(long place) {
    next = place;
  }

  /** How many messages were looked at. */
  int lookedAt() {
    return lookedAt;
  }

  /** All there is. */
  Found all(boolean complete) {
    return new Found(hits, null, complete);
  }

  /** A page is full, and there is more. */
  Found page(boolean complete) {
    return new Found(hits, hits.get(hits.size() - 1).before(), complete);
  }

  /** There may be more, for somebody who asks again. */
  Found part(boolean complete) {
    return new Found(hits, next, complete && next != null);
  }
}
