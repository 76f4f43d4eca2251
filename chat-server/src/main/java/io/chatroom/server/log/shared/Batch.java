package io.chatroom.server.log.shared;

import io.chatroom.server.log.Author;
import io.chatroom.server.log.Burst;
import io.chatroom.server.log.Detail;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.log.sql.MessageRow;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Bursts of one room that are stored together or not at all. The mark of a batch tells whether the
 * store already has it. For one thread at a time.
 */
final class Batch {

  /**
   * A message of the batch.
   *
   * @param index its index in the batch, from 0
   * @param size its size in bytes, with the overhead of its row
   */
  record Line(
      int index, Author author, @Nullable String text, @Nullable Detail detail, long size) {}

  /**
   * A post whose id was already in use.
   *
   * @param seq the seq of the original; 0 if the original is in this batch
   * @param original the index of the original in this batch; -1 if it is not in this batch
   * @param isRepeat true if the original has the same text and is in the same room, so that the
   *     post is a repeat; false if the client reused an id
   */
  record Duplicate(Line line, Post post, long seq, long atMillis, int original, boolean isRepeat) {

    /** The seq that must be delivered before the repeat is answered; 0 if none. */
    long requiredSeq() {
      return isRepeat ? seq : 0;
    }
  }

  private final List<Burst> bursts;
  private final long mark;
  private final List<Duplicate> duplicates = new ArrayList<>(0);

  /** Lines that the store rejects. */
  private final List<Line> rejected = new ArrayList<>(0);

  /** The indexes of lines that are not stored: duplicates and rejected lines. */
  private final BitSet skipped = new BitSet();

  private boolean doubtful;
  private long firstSeq;
  private long atMillis;
  private @Nullable String epoch;

  Batch(List<Burst> bursts, long mark) {
    this.bursts = List.copyOf(bursts);
    this.mark = mark;
  }

  /** Returns a copy with another mark, to be stored again unless the store still has it. */
  Batch toStoreAgain(long anotherMark) {
    Batch batch = new Batch(bursts, anotherMark);
    batch.doubtful = epoch != null;
    if (batch.doubtful) {
      batch.duplicates.addAll(duplicates);
      batch.rejected.addAll(rejected);
      batch.skipped.or(skipped);
      batch.firstSeq = firstSeq;
      batch.atMillis = atMillis;
    }
    return batch;
  }

  /** Returns true if it was stored, but the store may have lost it since. */
  boolean isDoubtful() {
    return doubtful;
  }

  /** Called when the store turns out to have lost it. */
  void markLost() {
    doubtful = false;
    duplicates.clear();
    rejected.clear();
    skipped.clear();
  }

  long mark() {
    return mark;
  }

  List<Burst> bursts() {
    return bursts;
  }

  long bytes() {
    return bursts.stream().mapToLong(Burst::size).sum();
  }

  /** The messages to store, in order. */
  List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    int index = 0;
    for (Burst burst : bursts) {
      for (Burst.Segment segment : burst.segments()) {
        for (int i = segment.from(); i < segment.to(); i++) {
          if (!skipped.get(index)) {
            Detail detail = burst.detail(i);
            lines.add(
                new Line(
                    index,
                    segment.author(),
                    MessageRow.text(burst, i, detail),
                    detail,
                    (long) burst.size(i) + MessageRow.ROW_BYTES));
          }
          index++;
        }
      }
    }
    return lines;
  }

  /** Returns true if it has no events and nothing in it is skipped. */
  boolean isPlain() {
    return skipped.isEmpty() && !doubtful && bursts.stream().noneMatch(Batch::hasEvent);
  }

  private static boolean hasEvent(Burst burst) {
    for (int i = 0; burst.hasDetails() && i < burst.messages(); i++) {
      if (burst.detail(i) instanceof RoomEvent) {
        return true;
      }
    }
    return false;
  }

  /** Skips messages that are already stored. */
  void skip(List<Duplicate> more) {
    duplicates.addAll(more);
    more.forEach(one -> skipped.set(one.line().index()));
  }

  /** Rejects lines, and with them their duplicates in this batch. */
  void reject(List<Line> more) {
    for (Line line : more) {
      skipped.set(line.index());
      rejected.add(line);
      for (Duplicate one : List.copyOf(duplicates)) {
        if (one.original == line.index()) {
          duplicates.remove(one);
          rejected.add(one.line);
        }
      }
    }
  }

  /** The rejected lines. */
  List<Line> rejected() {
    return rejected;
  }

  /** The duplicates, in order. */
  List<Duplicate> duplicates() {
    return duplicates;
  }

  /** The number of messages to store. */
  int messages() {
    return bursts.stream().mapToInt(Burst::messages).sum() - skipped.cardinality();
  }

  /**
   * Called when it is stored.
   *
   * @param first see {@link #firstSeq}
   * @param inEpoch null if it had nothing to store
   */
  void stored(long first, long at, @Nullable String inEpoch) {
    firstSeq = first;
    atMillis = at;
    epoch = inEpoch;
  }

  /**
   * The seq of its first message. If it had nothing to store: one more than the last seq that must
   * be delivered before its repeats are answered.
   */
  long firstSeq() {
    return firstSeq;
  }

  long atMillis() {
    return atMillis;
  }

  /** The epoch in which it is stored; null if it had nothing to store. */
  @Nullable String epoch() {
    return epoch;
  }

  /** The seq of the original. */
  long seqOf(Duplicate one) {
    Duplicate first = first(one);
    int index = one.original;
    return first == null ? firstSeq + index - skipped.get(0, index).cardinality() : first.seq;
  }

  /** The time of the original, in milliseconds since 1970. */
  long atMillisOf(Duplicate one) {
    Duplicate first = first(one);
    return first == null ? atMillis : first.atMillis;
  }

  /**
   * Returns the duplicate that knows the original; null if the original is stored by this batch.
   */
  private @Nullable Duplicate first(Duplicate one) {
    if (one.original < 0) {
      return one;
    }
    for (Duplicate other : duplicates) {
      if (other.line.index == one.original) {
        return other;
      }
    }
    return null;
  }

  /**
   * Passes on the bursts, reduced to what was stored. The taker owns what it gets; bursts of which
   * nothing was stored are released.
   */
  void takeStored(Consumer<Burst> taker) {
    int index = 0;
    for (Burst burst : bursts) {
      BitSet of = skipped.get(index, index + burst.messages());
      index += burst.messages();
      if (of.isEmpty()) {
        taker.accept(burst);
      } else if (of.cardinality() == burst.messages()) {
        burst.release();
      } else {
        Burst stored = burst.without(of, burst.bytes().alloc().directBuffer(burst.size()));
        stored.seal();
        burst.release();
        taker.accept(stored);
      }
    }
  }

  void release() {
    bursts.forEach(Burst::release);
  }
}
