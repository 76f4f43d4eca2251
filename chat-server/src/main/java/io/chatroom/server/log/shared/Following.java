package io.chatroom.server.log.shared;

import static io.chatroom.server.log.RoomLog.READ_BYTES;

import io.chatroom.server.log.Burst;
import io.chatroom.server.log.Detail;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.RecentMessages;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.log.RoomLog.Follower;
import io.chatroom.server.log.shared.Found.Use;
import io.chatroom.server.log.shared.Found.Wanted;
import io.chatroom.server.log.sql.MessageRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands on what a room's store has, strictly by number: our own batches as the very bursts that
 * were appended, once everything before them was, and what other servers have stored as it was
 * read. Belongs to the lock of its log.
 */
final class Following {

  private static final Logger log = LoggerFactory.getLogger(Following.class);

  private final RecentMessages recent;
  private final Consumer<Burst> settled;

  /** Read without the lock, too. */
  private volatile SharedRoom room;

  /** Our own, stored, in order, where something before it is not handed on yet. */
  private final Deque<Batch> stored = new ArrayDeque<>(1);

  /** Our own, stored in a log that is gone, and so perhaps gone with it. */
  private final List<Batch> lost = new ArrayList<>(0);

  /** The highest number that the store is known to have. */
  private long known;

  private @Nullable Follower follower;

  /**
   * @param settled told of each burst that waits no more
   */
  Following(SharedRoom room, RecentMessages recent, Consumer<Burst> settled) {
    this.room = room;
    this.known = room.newest();
    this.recent = recent;
    this.settled = settled;
  }

  /** What of the room is handed on. */
  SharedRoom room() {
    return room;
  }

  @Nullable Follower follower() {
    return follower;
  }

  void follow(Follower follows) {
    follower = follows;
  }

  /** The store has messages up to this number. */
  void knows(long seq) {
    known = Math.max(known, seq);
  }

  /** Whether the store has something that is not handed on. */
  boolean isBehind() {
    return known > room.newest() || !stored.isEmpty();
  }

  /** A batch is stored, or all of it was there before. */
  void stored(Batch batch, BurstStore.@Nullable Stored where) {
    if (where == null) {
      long last = batch.again().stream().mapToLong(Batch.Again::seqHere).max().orElse(0);
      batch.stored(last + 1, 0, null);
      knows(last);
    } else {
      batch.stored(where.firstSeq(), where.atMillis(), where.epoch());
      knows(where.firstSeq() + batch.messages() - 1);
      room = room.as(where.room(), room.forgotten());
    }
    stored.add(batch);
    handOnStored();
  }

  /** What is to be known of the store. */
  Wanted wanted() {
    Batch head = stored.peek();
    return new Wanted(
        room.name(),
        room.newest(),
        room.atMillis(),
        head == null || !room.epoch().equals(head.epoch())
            ? Long.MAX_VALUE
            : Math.max(room.newest(), head.firstSeq() - 1),
        room.bytes() + READ_BYTES);
  }

  /**
   * Takes what the store has.
   *
   * @param writing a batch that may be stored although that is not known
   */
  Use take(Found found, @Nullable Batch writing) {
    SharedRoom there = found.room();
    boolean anew = !there.epoch().equals(room.epoch());
    stored.removeIf(batch -> isOfAnother(batch, there.epoch(), anew));
    // what the store has of a batch that is being stored is handed on when that is known
    long limit =
        writing != null && writing.mark() == found.mark() ? found.markedSeq() - 1 : Long.MAX_VALUE;
    if (!anew) {
      if (!found.whole()) {
        return Use.LOST;
      }
      room = room.as(there.id(), there.forgotten());
      if (there.forgotten() > room.newest()) {
        reset(there, there.forgotten());
      }
    } else {
      long end = Math.min(there.newest(), limit);
      Batch head = stored.peek();
      reset(there, head == null ? end : Math.min(end, head.firstSeq() - 1));
    }
    known = Math.max(there.newest(), lastStored());
    long before = room.newest();
    boolean hole = !handOnLines(found.lines(), limit);
    handOnStored();
    boolean behind = room.newest() < there.newest() && room.newest() < limit;
    if (behind && (hole || room.newest() == before)) {
      log.error("message {} of room {} is not in the store", room.newest() + 1, room.name());
      return Use.DONE;
    }
    return behind ? Use.MORE : Use.DONE;
  }

  private boolean isOfAnother(Batch batch, String epoch, boolean anew) {
    boolean other = batch.epoch() == null ? anew : !epoch.equals(batch.epoch());
    if (other) {
      lost.add(batch);
    }
    return other;
  }

  /** Our own that were stored in another log than the room has now, and were not handed on. */
  List<Batch> takeLost() {
    List<Batch> all = List.copyOf(lost);
    lost.clear();
    return all;
  }

  private long lastStored() {
    return stored.isEmpty() ? 0 : stored.getLast().firstSeq() + stored.getLast().messages() - 1;
  }

  private void reset(SharedRoom there, long to) {
    room =
        new SharedRoom(
            there.id(),
            there.name(),
            there.epoch(),
            there.forgotten(),
            to,
            to == there.newest() ? there.atMillis() : 0,
            there.bytes(),
            there.topic());
    recent.clear();
    Follower told = follower;
    if (told != null) {
      told.reset(new Position(there.epoch(), to));
    }
  }

  /**
   * Hands on what other servers have said, and our own where it is its turn.
   *
   * @return false if there is a hole
   */
  private boolean handOnLines(List<Found.Line> lines, long limit) {
    List<Message> run = new ArrayList<>();
    long bytes = room.bytes();
    for (Found.Line line : lines) {
      Message message = line.message();
      Batch head = stored.peek();
      if (head != null && head.firstSeq() <= message.seq()) {
        handOnRun(run, bytes);
        handOnStored();
      }
      long next = room.newest() + run.size() + 1;
      if (message.seq() > limit) {
        break;
      } else if (message.seq() > next) {
        handOnRun(run, bytes);
        return false;
      } else if (message.seq() == next) {
        if (!run.isEmpty() && run.get(0).atMillis() != message.atMillis()) {
          handOnRun(run, bytes);
        }
        run.add(message);
        bytes = line.bytes();
      }
    }
    handOnRun(run, bytes);
    return true;
  }

  /** Hands on what was said at one time. */
  private void handOnRun(List<Message> run, long bytes) {
    if (run.isEmpty()) {
      return;
    }
    long first = run.get(0).seq();
    long at = run.get(0).atMillis();
    Follower told = follower;
    if (told != null) {
      next(told, ForeignBursts.of(run), first, at, bytes - room.bytes());
    } else {
      room = room.with(first + run.size() - 1, at, bytes - room.bytes());
      run.forEach(message -> learn(message.detail()));
    }
    run.clear();
  }

  /** Hands on our own, as far as it is its turn. */
  private void handOnStored() {
    for (Batch head = stored.peek(); head != null; head = stored.peek()) {
      boolean another = head.epoch() != null && !room.epoch().equals(head.epoch());
      if (another || head.firstSeq() > room.newest() + 1) {
        return; // what is before it is read first
      }
      stored.poll();
      if (head.messages() > 0 && head.firstSeq() <= room.newest()) {
        release(head); // the room began anew behind it
      } else {
        handOn(head);
      }
    }
  }

  private void handOn(Batch batch) {
    Follower told = follower;
    if (told == null) {
      release(batch);
      return;
    }
    batch.bursts().forEach(settled);
    long at = batch.atMillis();
    batch.takeFresh(
        burst -> {
          long size = burst.size() + (long) MessageRow.ROW_BYTES * burst.messages();
          next(told, burst, room.newest() + 1, at, size);
        });
    for (Batch.Again again : batch.again()) {
      if (again.repeats()) {
        told.repeated(
            again.line().author(), again.post(), batch.seqOf(again), batch.atMillisOf(again));
      } else {
        told.reused(again.line().author(), again.post());
      }
    }
    batch.bad().forEach(line -> told.rejected(line.author(), line.detail()));
  }

  private void next(Follower told, Burst burst, long first, long at, long size) {
    recent.add(burst, first, at); // before the room says that it is there
    room = room.with(first + burst.messages() - 1, at, size);
    for (int i = 0; burst.hasDetails() && i < burst.messages(); i++) {
      learn(burst.detail(i));
    }
    try {
      told.next(burst, first, at);
    } catch (RuntimeException | Error e) { // the other rooms have done nothing
      log.error("a room failed to take stored messages", e);
    }
  }

  private void learn(@Nullable Detail detail) {
    if (detail instanceof RoomEvent event && event.kind().equals(RoomEvent.TOPIC)) {
      room = room.withTopic(event.text());
    }
  }

  /** Nothing of a batch is to be told. */
  void release(Batch batch) {
    batch.bursts().forEach(settled);
    batch.release();
  }

  /** Gives back what is not handed on. */
  void giveBack() {
    stored.forEach(this::release);
    stored.clear();
    takeLost().forEach(this::release);
    recent.clear();
  }
}
