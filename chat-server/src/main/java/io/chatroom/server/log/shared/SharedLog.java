package io.chatroom.server.log.shared;

import io.chatroom.server.log.Burst;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.Slice;
import io.chatroom.server.log.shared.Found.Use;
import io.chatroom.server.log.shared.Found.Wanted;
import io.chatroom.server.log.sql.MessageRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One room's log in a shared store, as this server sees it. What is said here is stored a batch at
 * a time; what was stored, here or by another server, is handed on strictly by number. A batch of
 * our own is handed on as the very bursts that were appended, once everything before it was.
 *
 * <p>Before it is opened, and after it is closed, it follows the room for nobody, so that it can be
 * opened at once.
 */
final class SharedLog implements RoomLog {

  private static final Logger log = LoggerFactory.getLogger(SharedLog.class);

  /** What one batch takes. */
  private static final int BATCH_MESSAGES = 2_000;

  private static final int BATCH_BYTES = 1024 * 1024;

  /** Whose log it is. */
  interface Keeper {

    /** Something is to be stored, or to be refused. */
    void write(SharedLog log);

    /** The store has something that is not handed on. */
    void catchUp(SharedLog log);

    /** Something waits that takes so much memory. */
    void waits(long bytes);

    /** It does not wait any more. */
    void settled(long bytes);

    /** Another number than all before. */
    long nextMark();

    /** Reads from it. */
    CompletionStage<Slice> read(SharedLog log, Position after, int limit);

    /** Nothing is appended to it, or read from it, from here on. */
    void closed(SharedLog log);
  }

  private final Keeper keeper;
  private final Unsafe unsafe;
  private volatile SharedRoom room;

  /** Our own, stored, in order, where something before it is not handed on yet. */
  private final Deque<Batch> stored = new ArrayDeque<>(1);

  /** Somebody waits for a place to be handed on. */
  private record Reached(Position at, CompletableFuture<Void> done) {}

  private @Nullable List<Reached> expected;

  /** The highest number that the store is known to have. */
  private long known;

  private boolean opened;
  private boolean closed;
  private @Nullable Follower follower;

  SharedLog(SharedRoom room, Keeper keeper) {
    this.room = room;
    this.keeper = keeper;
    this.known = room.newest();
    this.unsafe = new Unsafe();
  }

  /** What of the room is handed on. */
  SharedRoom room() {
    return room;
  }

  /** It is in use: what it says of itself stays true until it is followed. */
  synchronized void opened() {
    opened = true;
  }

  // ---- what is said here

  @Override
  public void append(Burst burst) {
    boolean write;
    synchronized (this) {
      if (closed) {
        burst.release();
        return;
      }
      write = unsafe.add(burst);
    }
    keeper.waits(bytes(burst));
    if (write) {
      keeper.write(this);
    }
  }

  private static long bytes(Burst burst) {
    return burst.size() + (long) MessageRow.MESSAGE_BYTES * burst.messages();
  }

  /** What is to be stored next; null if there is nothing, or it is being stored. */
  synchronized @Nullable Batch take() {
    return closed ? null : unsafe.take(keeper::nextMark, BATCH_MESSAGES, BATCH_BYTES);
  }

  /** Whether something of it is to be stored. */
  synchronized boolean hasWaiting() {
    return !closed && unsafe.hasWaiting();
  }

  /** The batch is stored, or all of it was there before. */
  void stored(Batch batch, BurstStore.@Nullable Stored where) {
    boolean behind;
    synchronized (this) {
      unsafe.stored();
      if (closed) {
        release(batch);
        return;
      }
      if (where == null) {
        long last = batch.again().stream().mapToLong(Batch.Again::seqHere).max().orElse(0);
        batch.stored(last + 1, 0, null);
        known = Math.max(known, last);
      } else {
        batch.stored(where.firstSeq(), where.atMillis(), where.epoch());
        known = Math.max(known, where.firstSeq() + batch.messages() - 1);
        room = room.as(where.room(), room.forgotten());
      }
      stored.add(batch);
      handOnStored();
      behind = room.newest() < known || !stored.isEmpty();
    }
    wake();
    if (behind) {
      keeper.catchUp(this);
    }
  }

  /** It cannot be stored for now, or nobody knows whether it is. It stays the next one. */
  void failed(Refusal why) {
    synchronized (this) {
      unsafe.failed();
      if (closed) {
        giveBack();
        return;
      }
    }
    refuse(why);
  }

  /** Tells of everything that waits, once, that it is not stored for now. */
  void refuse(Refusal why) {
    synchronized (this) {
      Follower told = follower;
      if (told == null || closed) {
        return;
      }
      for (Burst burst : unsafe.toRefuse()) {
        told.refused(burst, why);
      }
    }
    wake();
  }

  // ---- what the store has

  /** The store has messages up to this number. */
  void notified(long seq) {
    boolean behind;
    synchronized (this) {
      known = Math.max(known, seq);
      behind = known > room.newest();
    }
    if (behind) {
      keeper.catchUp(this);
    }
  }

  /** Done when a place is handed on; null if it is, or is one of another log. */
  synchronized @Nullable CompletableFuture<Void> reach(Position at) {
    if (!at.epoch().equals(room.epoch()) || at.seq() <= room.newest()) {
      return null;
    }
    List<Reached> waiting = expected == null ? new ArrayList<>() : expected;
    expected = waiting;
    Reached one = new Reached(at, new CompletableFuture<>());
    waiting.removeIf(other -> other.done.isDone());
    waiting.add(one);
    return one.done;
  }

  /** Those who wait for a place that is reached, or will not be. */
  private synchronized List<Reached> reached() {
    List<Reached> waiting = expected;
    if (waiting == null) {
      return List.of();
    }
    List<Reached> done = new ArrayList<>();
    for (Reached one : waiting) {
      if (closed || !one.at.epoch().equals(room.epoch()) || one.at.seq() <= room.newest()) {
        done.add(one);
      }
    }
    waiting.removeAll(done);
    expected = waiting.isEmpty() ? null : waiting;
    return done;
  }

  /** What it wants to know of the store; null if nothing for now. */
  synchronized @Nullable Wanted wanted() {
    if (closed || (opened && follower == null)) {
      return null;
    }
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

  /** What the store has. */
  Use found(Found found) {
    Use use;
    synchronized (this) {
      if (closed || (opened && follower == null)) {
        return Use.DONE;
      }
      use = take(found);
    }
    wake();
    return use;
  }

  private Use take(Found found) {
    SharedRoom there = found.room();
    Batch writing = unsafe.writing();
    // what the store has of a batch that is being stored is handed on when that is known
    long limit =
        writing != null && writing.mark() == found.mark() ? found.markedSeq() - 1 : Long.MAX_VALUE;
    if (there.epoch().equals(room.epoch())) {
      if (!found.whole()) {
        return Use.LOST;
      }
      room = room.as(there.id(), there.forgotten());
      if (there.forgotten() > room.newest()) {
        reset(there, there.forgotten());
      }
    } else {
      long end = Math.min(there.newest(), limit);
      stored.removeIf(batch -> isOfAnother(batch, there.epoch()));
      Batch head = stored.peek();
      reset(there, head == null || head.epoch() == null ? end : Math.min(end, head.firstSeq() - 1));
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

  private boolean isOfAnother(Batch batch, String epoch) {
    boolean gone = batch.epoch() != null && !epoch.equals(batch.epoch());
    if (gone) {
      release(batch);
    }
    return gone;
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
    room = room.with(first + run.size() - 1, at, bytes - room.bytes());
    for (Message message : run) {
      if (message.detail() instanceof RoomEvent event && event.kind().equals(RoomEvent.TOPIC)) {
        room = room.withTopic(event.text());
      }
    }
    Follower told = follower;
    if (told != null) {
      next(told, ForeignBursts.of(run), first, at);
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
    batch.bursts().forEach(burst -> settled(burst));
    long at = batch.atMillis();
    batch.takeFresh(
        burst -> {
          long first = room.newest() + 1;
          int messages = burst.messages();
          room =
              room.with(
                  first + messages - 1, at, burst.size() + (long) MessageRow.ROW_BYTES * messages);
          for (int i = 0; burst.hasDetails() && i < messages; i++) {
            if (burst.detail(i) instanceof RoomEvent event
                && event.kind().equals(RoomEvent.TOPIC)) {
              room = room.withTopic(event.text());
            }
          }
          next(told, burst, first, at);
        });
    for (Batch.Again again : batch.again()) {
      if (again.repeats()) {
        told.repeated(
            again.line().author(), again.post(), batch.seqOf(again), batch.atMillisOf(again));
      } else {
        told.reused(again.line().author(), again.post());
      }
    }
  }

  private void next(Follower told, Burst burst, long first, long at) {
    try {
      told.next(burst, first, at);
    } catch (RuntimeException | Error e) { // the other rooms have done nothing
      log.error("a room has not taken what was stored", e);
    }
  }

  private void settled(Burst burst) {
    unsafe.settled(burst);
    keeper.settled(bytes(burst));
  }

  private void release(Batch batch) {
    batch.bursts().forEach(burst -> settled(burst));
    batch.release();
  }

  /** Without the lock. */
  private void wake() {
    Follower told;
    synchronized (this) {
      told = closed ? null : follower;
    }
    try {
      if (told != null) {
        told.handedOn();
      }
    } catch (RuntimeException | Error e) {
      log.error("a room cannot be woken", e);
    }
    for (Reached one : reached()) {
      one.done.complete(null);
    }
  }

  // ---- for the room

  @Override
  public void follow(Follower follows) {
    boolean behind;
    synchronized (this) {
      follower = follows;
      behind = known > room.newest();
    }
    if (behind) {
      keeper.catchUp(this);
    }
  }

  @Override
  public CompletionStage<Slice> read(Position after, int limit) {
    return keeper.read(this, after, limit);
  }

  @Override
  public Position newest() {
    SharedRoom now = room;
    return new Position(now.epoch(), now.newest());
  }

  @Override
  public long first() {
    return room.forgotten() + 1;
  }

  @Override
  public @Nullable String topic() {
    return room.topic();
  }

  @Override
  public long newestMillis() {
    return room.atMillis();
  }

  @Override
  public synchronized boolean isEmpty() {
    return unsafe.isEmpty();
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      giveBack();
    }
    keeper.closed(this);
  }

  /** What is being stored just now is given back after that. */
  private void giveBack() {
    stored.forEach(this::release);
    stored.clear();
    for (Burst burst : unsafe.takeAll()) {
      settled(burst);
      burst.release();
    }
  }
}
