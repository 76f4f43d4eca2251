package io.chatroom.server.log.shared;

import io.chatroom.server.log.Burst;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.RecentMessages;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.Slice;
import io.chatroom.server.log.shared.Found.Use;
import io.chatroom.server.log.shared.Found.Wanted;
import io.chatroom.server.log.sql.MessageRow;
import java.util.ArrayList;
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
  private final RecentMessages recent;
  private final Following following;

  /** Somebody waits for a place to be handed on. */
  private record Reached(Position at, CompletableFuture<Void> done) {}

  private @Nullable List<Reached> expected;

  private Runnable emptied = () -> {};
  private boolean opened;
  private boolean closed;

  SharedLog(SharedRoom room, Keeper keeper, RecentMessages.Memory memory) {
    this.keeper = keeper;
    this.unsafe = new Unsafe();
    this.recent = new RecentMessages(memory);
    this.following = new Following(room, recent, this::settled);
  }

  /** What of the room is handed on. */
  SharedRoom room() {
    return following.room();
  }

  /** What of it can be read without the store. */
  RecentMessages recent() {
    return recent;
  }

  /** It is in use: what it says of itself stays true until it is followed. */
  synchronized void opened(Runnable emptied) {
    opened = true;
    this.emptied = emptied;
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
    Runnable unheard;
    synchronized (this) {
      unsafe.stored();
      if (closed) {
        following.release(batch);
        return;
      }
      following.stored(batch, where);
      behind = following.isBehind();
      unheard = where == null && unsafe.isEmpty() ? emptied : () -> {};
    }
    wake();
    unheard.run(); // who said it may have left, and hears of nothing that would close the room
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
      Follower told = following.follower();
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
      following.knows(seq);
      behind = following.isBehind();
    }
    if (behind) {
      keeper.catchUp(this);
    }
  }

  /** Done when a place is handed on; null if it is, or is one of another log. */
  synchronized @Nullable CompletableFuture<Void> reach(Position at) {
    if (isReached(at)) {
      return null;
    }
    List<Reached> waiting = expected == null ? new ArrayList<>() : expected;
    expected = waiting;
    Reached one = new Reached(at, new CompletableFuture<>());
    waiting.removeIf(other -> other.done.isDone());
    waiting.add(one);
    return one.done;
  }

  private boolean isReached(Position at) {
    return !at.epoch().equals(room().epoch()) || at.seq() <= room().newest();
  }

  /** Those who wait for a place that is reached, or will not be. */
  private synchronized List<Reached> reached() {
    List<Reached> waiting = expected;
    if (waiting == null) {
      return List.of();
    }
    List<Reached> done = new ArrayList<>();
    for (Reached one : waiting) {
      if (closed || isReached(one.at)) {
        done.add(one);
      }
    }
    waiting.removeAll(done);
    expected = waiting.isEmpty() ? null : waiting;
    return done;
  }

  /** What it wants to know of the store; null if nothing for now. */
  synchronized @Nullable Wanted wanted() {
    return isReady() ? following.wanted() : null;
  }

  private boolean isReady() {
    return !closed && (!opened || following.follower() != null);
  }

  /** What the store has. */
  Use found(Found found) {
    Use use;
    boolean write;
    synchronized (this) {
      if (!isReady()) {
        return Use.DONE;
      }
      use = following.take(found, unsafe.writing());
      List<Batch> lost = following.takeLost();
      write = !lost.isEmpty() && unsafe.addAgain(lost);
    }
    wake();
    if (write) {
      keeper.write(this);
    }
    return use;
  }

  private void settled(Burst burst) {
    unsafe.settled(burst);
    keeper.settled(bytes(burst));
  }

  /** Without the lock. */
  private void wake() {
    Follower told;
    synchronized (this) {
      told = closed ? null : following.follower();
    }
    try {
      if (told != null) {
        told.handedOn();
      }
    } catch (RuntimeException | Error e) {
      log.error("a room failed to handle a wake-up", e);
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
      following.follow(follows);
      behind = following.isBehind();
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
    SharedRoom now = room();
    return new Position(now.epoch(), now.newest());
  }

  @Override
  public long first() {
    return room().forgotten() + 1;
  }

  @Override
  public @Nullable String topic() {
    return room().topic();
  }

  @Override
  public long newestMillis() {
    return room().atMillis();
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
    following.giveBack();
    for (Burst burst : unsafe.takeAll()) {
      settled(burst);
      burst.release();
    }
  }
}
