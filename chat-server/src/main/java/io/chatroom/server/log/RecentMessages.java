package io.chatroom.server.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cache of the newest messages of a room whose log is stored elsewhere. All rooms of a server
 * share one amount of memory; the oldest page of all is removed first. Thread-safe.
 */
public final class RecentMessages implements HistoryPage.Keeper {

  /** The memory of all rooms together. */
  public static final class Memory {

    private final HistoryBudget budget;

    /**
     * @param bytes its size
     */
    public Memory(long bytes) {
      this.budget = new HistoryBudget(bytes);
    }

    /** The memory in use, in bytes. */
    public long bytes() {
      return budget.bytes();
    }
  }

  private static final int MESSAGES = 256;

  private final HistoryBudget budget;

  /** The oldest first. */
  private final Deque<HistoryPage> pages = new ArrayDeque<>(1);

  /** The messages of one room. */
  public RecentMessages(Memory memory) {
    this.budget = memory.budget;
  }

  /**
   * Adds a burst that follows the kept messages; keeps its newest messages if not all fit.
   *
   * @param burst the caller keeps its reference
   */
  public void add(Burst burst, long firstSeq, long atMillis) {
    synchronized (this) {
      int next = Math.max(0, burst.messages() - MESSAGES);
      while (next < burst.messages()) {
        HistoryPage page = pages.peekLast();
        if (page != null && page.endSeq() != firstSeq + next) {
          clear(); // kept messages must be consecutive
          page = null;
        }
        if (page == null || page.isFull()) {
          page = new HistoryPage(this, firstSeq + next);
          pages.addLast(page);
          budget.add(page);
        }
        next = page.add(burst, next, atMillis);
        budget.grow(page);
      }
      erase(burst, firstSeq);
      long keptFrom = firstSeq + burst.messages() - MESSAGES;
      while (!pages.isEmpty() && pages.getFirst().endSeq() <= keptFrom) {
        budget.remove(pages.removeFirst());
      }
    }
    for (HistoryPage oldest = budget.oldestOfTooMany();
        oldest != null;
        oldest = budget.oldestOfTooMany()) {
      oldest.keeper().forget(oldest); // can be another room's
    }
  }

  private void erase(Burst burst, long firstSeq) {
    for (int i = 0; burst.hasDetails() && i < burst.messages(); i++) {
      if (burst.detail(i) instanceof RoomEvent event && event.deletes() < firstSeq + i) {
        for (HistoryPage page : pages) {
          if (event.deletes() >= page.firstSeq() && event.deletes() < page.endSeq()) {
            page.erase(event.deletes());
            budget.grow(page);
          }
        }
      }
    }
  }

  @Override
  public synchronized void forget(HistoryPage page) {
    while (!pages.isEmpty()) {
      HistoryPage oldest = pages.removeFirst();
      budget.remove(oldest);
      if (oldest == page) {
        return; // later pages stay: they are consecutive
      }
    }
  }

  /**
   * Reads some messages.
   *
   * @param from the sequence number of the first
   * @param to the sequence number of the last
   * @param limit maximum number of messages, at least 1
   * @return null if the first is not kept
   */
  public @Nullable List<Message> read(long from, long to, int limit) {
    List<HistoryPage.Extract> extracts = new ArrayList<>();
    synchronized (this) {
      if (pages.isEmpty() || from < pages.getFirst().firstSeq()) {
        return null;
      }
      long next = from;
      int bytes = 0;
      for (HistoryPage page : pages) {
        int left = (int) Math.min(limit - (next - from), to - next + 1);
        if (left > 0
            && bytes < RoomLog.READ_BYTES
            && next >= page.firstSeq()
            && next < page.endSeq()) {
          HistoryPage.Extract extract = page.extract(next, left);
          extracts.add(extract);
          next += extract.size();
          bytes += page.capacity();
        }
      }
      if (next == from) {
        return null;
      }
    }
    List<Message> messages = new ArrayList<>();
    extracts.forEach(extract -> extract.addTo(messages));
    return messages;
  }

  /** Removes everything. */
  public synchronized void clear() {
    pages.forEach(budget::remove);
    pages.clear();
  }
}
