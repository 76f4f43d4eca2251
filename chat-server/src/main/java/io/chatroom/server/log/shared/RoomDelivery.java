package io.chatroom.server.log.shared;

import static io.chatroom.server.log.RoomLog.READ_BYTES;

import io.chatroom.server.log.Burst;
import io.chatroom.server.log.Detail;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.RecentMessages;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.log.RoomLog.Follower;
import io.chatroom.server.log.shared.RoomSnapshot.Request;
import io.chatroom.server.log.shared.RoomSnapshot.Result;
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
 * Delivers the stored messages of a room, strictly in order of seq. A batch of this server is
 * delivered as the bursts that were appended, after everything before it; messages of other servers
 * are delivered as they are read. Guarded by the lock of its log.
 */
final class RoomDelivery {

  private static final Logger log = LoggerFactory.getLogger(RoomDelivery.class);

  private final RecentMessages recent;
  private final Consumer<Burst> settled;

  /** Also read without the lock. */
  private volatile SharedRoom room;

  /** Stored batches of this server that wait for earlier messages, in order. */
  private final Deque<Batch> stored = new ArrayDeque<>(1);

  /** Batches of this server that were stored in an earlier epoch, and may be lost. */
  private final List<Batch> lost = new ArrayList<>(0);

  /** The highest seq that the store is known to have. */
  private long knownSeq;

  private @Nullable Follower follower;

  /**
   * @param settled called for each burst that no longer waits
   */
  RoomDelivery(SharedRoom room, RecentMessages recent, Consumer<Burst> settled) {
    this.room = room;
    this.knownSeq = room.newest();
    this.recent = recent;
    this.settled = settled;
  }

  /** The room, as far as it is delivered. */
  SharedRoom room() {
    return room;
  }

  @Nullable Follower follower() {
    return follower;
  }

  void follow(Follower follows) {
    follower = follows;
  }

  /** Called when the store is known to have messages up to this seq. */
  void setKnown(long seq) {
    knownSeq = Math.max(knownSeq, seq);
  }

  /** Returns true if the store has messages that are not delivered. */
  boolean isBehind() {
    return knownSeq > room.newest() || !stored.isEmpty();
  }

  /**
   * Delivers a stored batch, or keeps it until everything before it is delivered.
   *
   * @param where null if it had nothing new to store
   */
  void stored(Batch batch, BurstStore.@Nullable Stored where) {
    if (where == null) {
      long last =
          batch.duplicates().stream().mapToLong(Batch.Duplicate::requiredSeq).max().orElse(0);
      batch.stored(last + 1, 0, null);
      setKnown(last);
    } else {
      batch.stored(where.firstSeq(), where.atMillis(), where.epoch());
      setKnown(where.firstSeq() + batch.messages() - 1);
      room = room.as(where.room(), room.forgotten());
    }
    stored.add(batch);
    deliverStored();
  }

  /** What to read from the store next. */
  Request nextRequest() {
    Batch head = stored.peek();
    return new Request(
        room.name(),
        room.newest(),
        room.atMillis(),
        head == null || !room.epoch().equals(head.epoch())
            ? Long.MAX_VALUE
            : Math.max(room.newest(), head.firstSeq() - 1),
        room.bytes() + READ_BYTES);
  }

  /**
   * Delivers what was read from the store.
   *
   * @param writing a batch that may already be stored, with its outcome still unknown
   */
  Result apply(RoomSnapshot snapshot, @Nullable Batch writing) {
    SharedRoom there = snapshot.room();
    boolean newEpoch = !there.epoch().equals(room.epoch());
    stored.removeIf(batch -> isLost(batch, there.epoch(), newEpoch));
    // messages of the batch in flight are delivered once its outcome is known
    long limit =
        writing != null && writing.mark() == snapshot.mark()
            ? snapshot.markedSeq() - 1
            : Long.MAX_VALUE;
    if (!newEpoch) {
      if (!snapshot.hasLast()) {
        return Result.LOST;
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
    knownSeq = Math.max(there.newest(), lastStored());
    long before = room.newest();
    boolean gap = !deliverLines(snapshot.lines(), limit);
    deliverStored();
    boolean behind = room.newest() < there.newest() && room.newest() < limit;
    if (behind && (gap || room.newest() == before)) {
      log.error(
          "message {} of room {} is missing from the database", room.newest() + 1, room.name());
      return Result.DONE;
    }
    return behind ? Result.MORE : Result.DONE;
  }

  private boolean isLost(Batch batch, String epoch, boolean newEpoch) {
    boolean isLost = batch.epoch() == null ? newEpoch : !epoch.equals(batch.epoch());
    if (isLost) {
      lost.add(batch);
    }
    return isLost;
  }

  /** Removes and returns the batches that were stored in an earlier epoch and not delivered. */
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
    Follower receiver = follower;
    if (receiver != null) {
      receiver.reset(new Position(there.epoch(), to));
    }
  }

  /**
   * Delivers messages of other servers, and in between the batches of this server.
   *
   * @return false if there is a gap
   */
  private boolean deliverLines(List<RoomSnapshot.Line> lines, long limit) {
    List<Message> run = new ArrayList<>();
    long bytes = room.bytes();
    for (RoomSnapshot.Line line : lines) {
      Message message = line.message();
      Batch head = stored.peek();
      if (head != null && head.firstSeq() <= message.seq()) {
        deliverRun(run, bytes);
        deliverStored();
      }
      long next = room.newest() + run.size() + 1;
      if (message.seq() > limit) {
        break;
      } else if (message.seq() > next) {
        deliverRun(run, bytes);
        return false;
      } else if (message.seq() == next) {
        if (!run.isEmpty() && run.get(0).atMillis() != message.atMillis()) {
          deliverRun(run, bytes);
        }
        run.add(message);
        bytes = line.bytes();
      }
    }
    deliverRun(run, bytes);
    return true;
  }

  /** Delivers messages that have the same time as one burst. */
  private void deliverRun(List<Message> run, long bytes) {
    if (run.isEmpty()) {
      return;
    }
    long first = run.get(0).seq();
    long at = run.get(0).atMillis();
    Follower receiver = follower;
    if (receiver != null) {
      next(receiver, ForeignBursts.of(run), first, at, bytes - room.bytes());
    } else {
      room = room.with(first + run.size() - 1, at, bytes - room.bytes());
      run.forEach(message -> learn(message.detail()));
    }
    run.clear();
  }

  /** Delivers the batches of this server whose predecessors are delivered. */
  private void deliverStored() {
    for (Batch head = stored.peek(); head != null; head = stored.peek()) {
      boolean isOfOtherEpoch = head.epoch() != null && !room.epoch().equals(head.epoch());
      if (isOfOtherEpoch || head.firstSeq() > room.newest() + 1) {
        return; // messages before it must be read first
      }
      stored.poll();
      if (head.messages() > 0 && head.firstSeq() <= room.newest()) {
        release(head); // the room was reset to a later seq
      } else {
        deliver(head);
      }
    }
  }

  private void deliver(Batch batch) {
    Follower receiver = follower;
    if (receiver == null) {
      release(batch);
      return;
    }
    batch.bursts().forEach(settled);
    long at = batch.atMillis();
    batch.takeStored(
        burst -> {
          long size = burst.size() + (long) MessageRow.ROW_BYTES * burst.messages();
          next(receiver, burst, room.newest() + 1, at, size);
        });
    for (Batch.Duplicate duplicate : batch.duplicates()) {
      if (duplicate.isRepeat()) {
        receiver.repeated(
            duplicate.line().author(),
            duplicate.post(),
            batch.seqOf(duplicate),
            batch.atMillisOf(duplicate));
      } else {
        receiver.reused(duplicate.line().author(), duplicate.post());
      }
    }
    batch.rejected().forEach(line -> receiver.rejected(line.author(), line.detail()));
  }

  private void next(Follower receiver, Burst burst, long first, long at, long size) {
    recent.add(burst, first, at); // before the room's newest seq includes it
    room = room.with(first + burst.messages() - 1, at, size);
    for (int i = 0; burst.hasDetails() && i < burst.messages(); i++) {
      learn(burst.detail(i));
    }
    try {
      receiver.next(burst, first, at);
    } catch (RuntimeException | Error e) { // must not affect other rooms
      log.error("a room failed to handle stored messages", e);
    }
  }

  private void learn(@Nullable Detail detail) {
    if (detail instanceof RoomEvent event && event.kind().equals(RoomEvent.TOPIC)) {
      room = room.withTopic(event.text());
    }
  }

  /** Releases a batch without delivering it. */
  void release(Batch batch) {
    batch.bursts().forEach(settled);
    batch.release();
  }

  /** Releases everything that is not delivered. */
  void releaseAll() {
    stored.forEach(this::release);
    stored.clear();
    takeLost().forEach(this::release);
    recent.clear();
  }
}
