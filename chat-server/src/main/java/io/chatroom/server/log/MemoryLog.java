package io.chatroom.server.log;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A log in memory, as durable as the process: so it passes a burst on while it is being appended.
 * It never refuses one, and never changes its epoch.
 */
final class MemoryLog implements RoomLog, HistoryPage.Keeper {

  private final String epoch;
  private final int maxMessages;
  private final HistoryBudget budget;
  private final PostIndex posts;
  private final InstantSource clock;
  private final Executor readers;
  private final Runnable emptied;

  /** The oldest first. */
  private final Deque<HistoryPage> pages = new ArrayDeque<>(1);

  private @Nullable Follower follower;
  private long newest;

  /**
   * @param readers runs the reads
   * @param emptied called when the budget has removed its last page
   */
  MemoryLog(
      String epoch,
      int maxMessages,
      HistoryBudget budget,
      PostIndex posts,
      InstantSource clock,
      Executor readers,
      Runnable emptied) {
    this.epoch = epoch;
    this.maxMessages = maxMessages;
    this.budget = budget;
    this.posts = posts;
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
      long atMillis = clock.millis(); // under the lock, so that times ascend with sequence numbers
      List<Duplicate> duplicates =
          maxMessages > 0 && burst.hasDetails() ? duplicates(burst, atMillis) : List.of();
      Burst fresh = duplicates.isEmpty() ? burst : without(duplicates, burst);
      if (fresh.messages() > 0) {
        long firstSeq = newest + 1;
        if (maxMessages > 0) {
          keep(fresh, firstSeq, atMillis);
          erase(fresh, firstSeq);
        }
        newest += fresh.messages();
        told.next(fresh, firstSeq, atMillis);
      } else {
        fresh.release();
      }
      for (Duplicate one : duplicates) {
        if (one.isRepeat(this)) {
          told.repeated(one.author, one.post, one.first.seq(), one.first.atMillis());
        } else {
          told.reused(one.author, one.post);
        }
      }
    }
    told.delivered();
    enforceBudget();
  }

  /** A post with a known id. */
  private record Duplicate(
      int message, Author author, Post post, int textHash, PostIndex.Place first) {

    boolean isRepeat(MemoryLog log) {
      return first.log() == log && first.hasText(textHash);
    }
  }

  /** Finds posts with known ids and indexes the others. */
  private List<Duplicate> duplicates(Burst burst, long atMillis) {
    List<Duplicate> duplicates = new ArrayList<>(0);
    for (Burst.Segment segment : burst.segments()) {
      for (int i = segment.from(); i < segment.to(); i++) {
        if (burst.detail(i) instanceof Post post) {
          int hash = textHash(burst, i, segment.author());
          long seq = newest + 1 + i - duplicates.size();
          PostIndex.Place place = new PostIndex.Place(this, seq, atMillis, hash);
          PostIndex.Place first = posts.putIfAbsent(post, place);
          if (first != null) {
            duplicates.add(new Duplicate(i, segment.author(), post, hash, first));
          }
        }
      }
    }
    return duplicates;
  }

  /** A fast hash is enough: an attacker who forges a collision loses only a post of its own. */
  private static int textHash(Burst burst, int message, Author author) {
    CRC32C hash = new CRC32C();
    int start = burst.start(message) + author.nameFrame().length;
    hash.update(burst.bytes().nioBuffer(start, burst.start(message + 1) - start));
    return (int) hash.getValue();
  }

  private static Burst without(List<Duplicate> duplicates, Burst burst) {
    BitSet left = new BitSet();
    duplicates.forEach(one -> left.set(one.message));
    Burst fresh = burst.without(left, burst.bytes().alloc().directBuffer(burst.size()));
    fresh.seal();
    burst.release();
    return fresh;
  }

  private void keep(Burst burst, long firstSeq, long atMillis) {
    // Skips messages that the rest of their own burst would push out.
    int next = Math.max(0, burst.messages() - maxMessages);
    for (int i = 0; i < next; i++) {
      if (burst.detail(i) instanceof Post post) {
        posts.remove(post);
      }
    }
    while (next < burst.messages()) {
      HistoryPage page = pages.peekLast();
      if (page == null || page.isFull() || page.endSeq() != firstSeq + next) {
        page = new HistoryPage(this, firstSeq + next);
        pages.addLast(page);
        budget.add(page);
      }
      next = page.add(burst, next, atMillis);
      if (page.capacity() != page.charged()) {
        budget.grow(page);
      }
    }
    long keptFrom = firstSeq + burst.messages() - maxMessages;
    while (!pages.isEmpty() && pages.peekFirst().endSeq() <= keptFrom) {
      drop(pages.removeFirst());
    }
  }

  /** Erases the messages that events of a burst delete. An event cannot delete a later message. */
  private void erase(Burst burst, long firstSeq) {
    for (int i = 0; burst.hasDetails() && i < burst.messages(); i++) {
      if (burst.detail(i) instanceof RoomEvent event && event.deletes() < firstSeq + i) {
        erase(event.deletes());
      }
    }
  }

  private void erase(long seq) {
    for (HistoryPage page : pages) {
      if (seq >= page.firstSeq() && seq < page.endSeq()) {
        if (page.erase(seq) instanceof Post post) {
          posts.forgetText(post);
        }
        budget.grow(page);
        return;
      }
    }
  }

  private void drop(HistoryPage page) {
    budget.remove(page);
    page.posts().forEach(posts::remove);
  }

  /** Must be called without the lock: the oldest page can belong to another log. */
  private void enforceBudget() {
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
      boolean kept = pages.remove(page);
      if (kept) {
        drop(page);
      }
      empty = kept && pages.isEmpty();
    }
    if (empty) {
      emptied.run();
    }
  }

  @Override
  public CompletionStage<Slice> read(Position after, int limit) {
    return CompletableFuture.supplyAsync(() -> slice(after, limit), readers);
  }

  /** Holds the lock only to find the pages, because it blocks all senders; decodes after that. */
  private Slice slice(Position after, int limit) {
    List<HistoryPage.Extract> extracts = new ArrayList<>();
    long first;
    long end;
    synchronized (this) {
      first = first();
      end = newest;
      long next = after.epoch().equals(epoch) ? Math.max(first, after.seq() + 1) : first;
      int left = limit;
      int bytes = 0;
      for (HistoryPage page : pages) {
        if (left > 0 && bytes < READ_BYTES && next >= page.firstSeq() && next < page.endSeq()) {
          HistoryPage.Extract extract = page.extract(next, left);
          extracts.add(extract);
          left -= extract.size();
          bytes += page.capacity();
          next += extract.size();
        }
      }
    }
    List<Message> messages = new ArrayList<>();
    extracts.forEach(extract -> extract.addTo(messages));
    return new Slice(epoch, first, end, messages);
  }

  @Override
  public synchronized long first() {
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
    pages.forEach(this::drop);
    pages.clear();
  }
}
