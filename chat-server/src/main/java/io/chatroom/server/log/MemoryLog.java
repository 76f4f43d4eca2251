package io.chatroom.server.log;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A log in memory: as safe as the process, and so safe at once. It hands a burst on while it is
 * being appended. It never refuses one, and is the same log for as long as it lives.
 */
final class MemoryLog implements RoomLog, HistoryPage.Keeper {

  private final String epoch;
  private final int maxMessages;
  private final HistoryBudget budget;
  private final InstantSource clock;
  private final Executor readers;
  private final Runnable emptied;

  /** The oldest first. */
  private final Deque<HistoryPage> pages = new ArrayDeque<>(1);

  private @Nullable Follower follower;
  private long newest;

  /**
   * @param readers where reads are done
   * @param emptied called when the budget has taken its last page
   */
  MemoryLog(
      String epoch,
      int maxMessages,
      HistoryBudget budget,
      InstantSource clock,
      Executor readers,
      Runnable emptied) {
    this.epoch = epoch;
    this.maxMessages = maxMessages;
    this.budget = budget;
    this.clock = clock;
    this.readers = readers;
    this.emptied = emptied;
  }

  @Override
  public synchronized void follow(Follower follower) {
    this.follower = follower;
  }

  @Override
  public void append(Burst burst) {
    Follower told;
    synchronized (this) {
      told = Objects.requireNonNull(follower, "follow comes first");
      long atMillis = clock.millis(); // in here, so that times have the order of the numbers
      long firstSeq = newest + 1;
      if (maxMessages > 0) {
        keep(burst, firstSeq, atMillis);
      }
      newest += burst.messages();
      told.next(burst, firstSeq, atMillis);
    }
    told.handedOn();
    forgetWhatIsTooMuch();
  }

  private void keep(Burst burst, long firstSeq, long atMillis) {
    int[] ends = burst.ends();
    // What would be pushed out by the rest of its own burst is not kept at all.
    for (int i = Math.max(0, burst.messages() - maxMessages); i < burst.messages(); i++) {
      int from = i == 0 ? 0 : ends[i - 1];
      HistoryPage page = pages.peekLast();
      if (page == null || page.isFull() || page.endSeq() != firstSeq + i) {
        page = new HistoryPage(this, firstSeq + i, Math.max(ends[i] - from, 64));
        pages.addLast(page);
        budget.add(page);
        budget.grow(page, page.capacity());
      }
      int before = page.capacity();
      page.add(burst, from, ends[i], atMillis);
      if (page.capacity() != before) {
        budget.grow(page, page.capacity() - before);
      }
    }
    long keptFrom = firstSeq + burst.messages() - maxMessages;
    while (!pages.isEmpty() && pages.peekFirst().endSeq() <= keptFrom) {
      budget.remove(pages.removeFirst());
    }
  }

  /** Without the lock: the page that has to go may be another log's. */
  private void forgetWhatIsTooMuch() {
    for (HistoryPage oldest = budget.oldestOfTooMany();
        oldest != null;
        oldest = budget.oldestOfTooMany()) {
      oldest.keeper().forget(oldest);
    }
  }

  @Override
  public void forget(HistoryPage page) {
    boolean empty;
    synchronized (this) {
      budget.remove(page);
      empty = pages.remove(page) && pages.isEmpty();
    }
    if (empty) {
      emptied.run();
    }
  }

  @Override
  public CompletionStage<Slice> read(Position after, int limit) {
    return CompletableFuture.supplyAsync(() -> slice(after, limit), readers);
  }

  /** Only looks up under the lock what to read: the lock stops everybody who talks. */
  private Slice slice(Position after, int limit) {
    List<HistoryPage.Extract> extracts = new ArrayList<>();
    long first;
    long end;
    synchronized (this) {
      first = first();
      end = newest;
      long next = after.epoch().equals(epoch) ? Math.max(first, after.seq() + 1) : first;
      int left = limit;
      for (HistoryPage page : pages) {
        if (left > 0 && next >= page.firstSeq() && next < page.endSeq()) {
          HistoryPage.Extract extract = page.extract(next, left);
          extracts.add(extract);
          left -= extract.size();
          next += extract.size();
        }
      }
    }
    List<Message> messages = new ArrayList<>();
    extracts.forEach(extract -> extract.addTo(messages));
    return new Slice(epoch, first, end, messages);
  }

  private long first() {
    HistoryPage oldest = pages.peekFirst();
    return oldest == null ? newest + 1 : Math.max(oldest.firstSeq(), newest - maxMessages + 1);
  }

  @Override
  public synchronized Position newest() {
    return new Position(epoch, newest);
  }

  @Override
  public synchronized boolean isEmpty() {
    return pages.isEmpty();
  }

  @Override
  public synchronized void close() {
    pages.forEach(budget::remove);
    pages.clear();
  }
}
