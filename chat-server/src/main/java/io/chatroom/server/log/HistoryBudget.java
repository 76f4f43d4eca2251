package io.chatroom.server.log;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts the memory of all logs of a server and knows the oldest page. Thread-safe; its lock is
 * held briefly and never while another one is acquired.
 */
final class HistoryBudget {

  private final long maxBytes;
  private final Set<HistoryPage> pages = new LinkedHashSet<>();
  private long bytes;

  HistoryBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  synchronized long bytes() {
    return bytes;
  }

  /** Adds a new page. */
  synchronized void add(HistoryPage page) {
    pages.add(page);
  }

  /** Updates the memory of a page that has grown or shrunk. */
  synchronized void grow(HistoryPage page) {
    bytes += page.capacity() - page.charged();
    page.charge();
  }

  /** Removes a page. */
  synchronized void remove(HistoryPage page) {
    if (pages.remove(page)) {
      bytes -= page.charged();
    }
  }

  /** Returns the oldest page if all pages together exceed the budget; otherwise null. */
  synchronized @Nullable HistoryPage oldestOfTooMany() {
    if (bytes <= maxBytes) {
      return null;
    }
    Iterator<HistoryPage> oldestFirst = pages.iterator();
    return oldestFirst.hasNext() ? oldestFirst.next() : null;
  }
}
