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
 * Bursts of one room that are stored together, or not at all. It has a mark, by which the store
 * knows whether it has stored it. For one thread at a time.
 */
final class Batch {

  /**
   * A message of it.
   *
   * @param index which of the batch, from 0 on
   */
  record Line(
      int index, Author author, @Nullable String text, @Nullable Detail detail, long size) {}

  /**
   * A post whose id was there before.
   *
   * @param seq the number of the first one; 0 if that is {@code original}
   * @param original which line of this batch the first one is; -1 if it is none
   * @param repeats whether it is the same, in the same room
   */
  record Again(Line line, Post post, long seq, long atMillis, int original, boolean repeats) {

    /** What must be handed on in the room before it is told; 0 if nothing. */
    long seqHere() {
      return repeats ? seq : 0;
    }
  }

  private final List<Burst> bursts;
  private final long mark;
  private final List<Again> again = new ArrayList<>(0);

  /** Lines that the store never takes. */
  private final List<Line> bad = new ArrayList<>(0);

  /** Lines that are not stored, as they were there before, or are bad. */
  private final BitSet left = new BitSet();

  /** It was stored, and perhaps is not any more. */
  private boolean doubtful;

  /** Where it stands once it is stored. */
  private long firstSeq;

  private long atMillis;
  private @Nullable String epoch;

  Batch(List<Burst> bursts, long mark) {
    this.bursts = List.copyOf(bursts);
    this.mark = mark;
  }

  /** The same, to be stored again unless it is still there. */
  Batch again(long anotherMark) {
    Batch batch = new Batch(bursts, anotherMark);
    batch.doubtful = epoch != null;
    if (batch.doubtful) {
      batch.again.addAll(again);
      batch.bad.addAll(bad);
      batch.left.or(left);
      batch.firstSeq = firstSeq;
      batch.atMillis = atMillis;
    }
    return batch;
  }

  /** Whether it was stored, and perhaps is not any more. */
  boolean isDoubtful() {
    return doubtful;
  }

  /** It is not there any more. */
  void isGone() {
    doubtful = false;
    again.clear();
    bad.clear();
    left.clear();
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

  /** What of it is to be stored, in order. */
  List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    int index = 0;
    for (Burst burst : bursts) {
      for (Burst.Segment segment : burst.segments()) {
        for (int i = segment.from(); i < segment.to(); i++) {
          if (!left.get(index)) {
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

  /** Whether it is nothing but messages, all of which are to be stored. */
  boolean isPlain() {
    return left.isEmpty() && !doubtful && bursts.stream().noneMatch(Batch::hasEvent);
  }

  private static boolean hasEvent(Burst burst) {
    for (int i = 0; burst.hasDetails() && i < burst.messages(); i++) {
      if (burst.detail(i) instanceof RoomEvent) {
        return true;
      }
    }
    return false;
  }

  /** Some of it were there before, and are not stored. */
  void leave(List<Again> more) {
    again.addAll(more);
    more.forEach(one -> left.set(one.line().index()));
  }

  /** Some of it are never taken, and so nothing that repeats them is. */
  void refuse(List<Line> more) {
    for (Line line : more) {
      left.set(line.index());
      bad.add(line);
      for (Again one : List.copyOf(again)) {
        if (one.original == line.index()) {
          again.remove(one);
          bad.add(one.line);
        }
      }
    }
  }

  /** What of it is never taken. */
  List<Line> bad() {
    return bad;
  }

  /** What of it was there before, in order. */
  List<Again> again() {
    return again;
  }

  /** How many of it are to be stored. */
  int messages() {
    return bursts.stream().mapToInt(Burst::messages).sum() - left.cardinality();
  }

  /** It is stored. */
  void stored(long first, long at, @Nullable String inEpoch) {
    firstSeq = first;
    atMillis = at;
    epoch = inEpoch;
  }

  /** The number of its first message, or the one behind the last that must be heard before it. */
  long firstSeq() {
    return firstSeq;
  }

  long atMillis() {
    return atMillis;
  }

  /** In which log it stands; null if nothing of it was stored. */
  @Nullable String epoch() {
    return epoch;
  }

  /** The number that the first one has. */
  long seqOf(Again one) {
    Again first = first(one);
    int index = one.original;
    return first == null ? firstSeq + index - left.get(0, index).cardinality() : first.seq;
  }

  /** When the first one was said. */
  long atMillisOf(Again one) {
    Again first = first(one);
    return first == null ? atMillis : first.atMillis;
  }

  /** Where the first one is told; null if it is a line of this batch that is stored. */
  private @Nullable Again first(Again one) {
    if (one.original < 0) {
      return one;
    }
    for (Again other : again) {
      if (other.line.index == one.original) {
        return other;
      }
    }
    return null;
  }

  /** The bursts with what is stored of them alone. Gives back the reference to the others. */
  void takeFresh(Consumer<Burst> taker) {
    int index = 0;
    for (Burst burst : bursts) {
      BitSet of = left.get(index, index + burst.messages());
      index += burst.messages();
      if (of.isEmpty()) {
        taker.accept(burst);
      } else if (of.cardinality() == burst.messages()) {
        burst.release();
      } else {
        Burst fresh = burst.without(of, burst.bytes().alloc().directBuffer(burst.size()));
        fresh.seal();
        burst.release();
        taker.accept(fresh);
      }
    }
  }

  void release() {
    bursts.forEach(Burst::release);
  }
}
