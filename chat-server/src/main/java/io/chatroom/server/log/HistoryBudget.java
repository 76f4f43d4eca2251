package io.chatroom.server.log;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How much memory all logs of a server take for what they keep, and whose page is the oldest.
 * Thread-safe: its lock is held for a moment and never while another one is asked for.
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

  /** A page was begun, the newest of all. */
  synchronized void add(HistoryPage page) {
    pages.add(page);
  }

  /** A page has grown, or shrunk. */
  synchronized void grow(HistoryPage page) {
    bytes += page.capacity() - page.charged();
    page.charge();
  }

  /** A page is not kept any more. */
  synchronized void remove(HistoryPage page) {
    if (pages.remove(page)) {
      bytes -= page.charged();
    }
  }

  /** The page that has to go because all together take too much; null if they do not. */
  synchronized @Nullable HistoryPage oldestOfTooMany() {
    if (bytes <= maxBytes) {
      return null;
    }
    Iterator<HistoryPage> oldestFirst = pages.iterator();
    return oldestFirst.hasNext() ? oldestFirst.next() : null;
  }
}
