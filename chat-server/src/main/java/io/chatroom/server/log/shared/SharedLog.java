package io.chatroom.server.log.shared;

import io.chatroom.server.log.Burst;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.RecentMessages;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.Slice;
import io.chatroom.server.log.shared.RoomSnapshot.Request;
import io.chatroom.server.log.shared.RoomSnapshot.Result;
import io.chatroom.server.log.sql.MessageRow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A room's log in a shared store, as this server sees it. Appended bursts are stored a batch at a
 * time. Stored messages of this and other servers are delivered strictly in order of seq.
 * Thread-safe.
 *
 * <p>Before it is opened and after it is closed, it keeps track of the room without a follower, so
 * that it can be opened at once.
 */
final class SharedLog implements RoomLog {

  private static final Logger log = LoggerFactory.getLogger(SharedLog.class);

  /** The maximum size of a batch. */
  private static final int BATCH_MESSAGES = 2_000;

  private static final int BATCH_BYTES = 1024 * 1024;

  /** What a log needs from the logs that it belongs to. */
  interface Services {

    /** Called when a log has bursts to store or to refuse. */
    void write(SharedLog log);

    /** Called when the store has messages that the log has not delivered. */
    void catchUp(SharedLog log);

    /** Called when a burst begins to wait, with its memory. */
    void waits(long bytes);

    /** Called when a burst no longer waits, with its memory. */
    void settled(long bytes);

    /** Returns a number greater than all before. */
    long nextMark();

    /** Reads messages of a log. */
    CompletionStage<Slice> read(SharedLog log, Position after, int limit);

    /** Called when a log is closed. */
    void closed(SharedLog log);
  }

  private final Services services;
  private final UnstoredBursts unstored;
  private final RecentMessages recent;
  private final RoomDelivery delivery;

  /** Completed when a position is delivered. */
  private record Waiter(Position at, CompletableFuture<Void> done) {}

  private @Nullable List<Waiter> waiters;

  private Runnable emptied = () -> {};
  private boolean opened;
  private boolean closed;

  SharedLog(SharedRoom room, Services services, RecentMessages.Memory memory) {
    this.services = services;
    this.unstored = new UnstoredBursts();
    this.recent = new RecentMessages(memory);
    this.delivery = new RoomDelivery(room, recent, this::settled);
  }

  /** The room, as far as it is delivered. */
  SharedRoom room() {
    return delivery.room();
  }

  /** The messages that can be read without the store. */
  RecentMessages recent() {
    return recent;
  }

  /**
   * Called when the room is opened: from here on the state stays the same until {@link #follow}.
   *
   * @param emptied see {@code RoomLogs.open}
   */
  synchronized void opened(Runnable emptied) {
    opened = true;
    this.emptied = emptied;
  }

  // ---- storing

  @Override
  public void append(Burst burst) {
    boolean write;
    synchronized (this) {
      if (closed) {
        burst.release();
        return;
      }
      write = unstored.add(burst);
    }
    services.waits(bytes(burst));
    if (write) {
      services.write(this);
    }
  }

  private static long bytes(Burst burst) {
    return burst.size() + (long) MessageRow.MESSAGE_BYTES * burst.messages();
  }

  /** Takes the next batch to store; null if there is none, or one is being stored. */
  synchronized @Nullable Batch take() {
    return closed ? null : unstored.take(services::nextMark, BATCH_MESSAGES, BATCH_BYTES);
  }

  /** Returns true if it has bursts to store. */
  synchronized boolean hasWaiting() {
    return !closed && unstored.hasWaiting();
  }

  /**
   * Called when a batch is stored.
   *
   * @param where null if it had nothing new to store
   */
  void stored(Batch batch, BurstStore.@Nullable Stored where) {
    boolean behind;
    Runnable afterwards;
    synchronized (this) {
      unstored.stored();
      if (closed) {
        delivery.release(batch);
        return;
      }
      delivery.stored(batch, where);
      behind = delivery.isBehind();
      afterwards = where == null && unstored.isEmpty() ? emptied : () -> {};
    }
    wake();
    afterwards.run(); // nothing is delivered that would make an empty room close
    if (behind) {
      services.catchUp(this);
    }
  }

  /** Called when a batch could not be stored, or its outcome is unknown. It remains the next. */
  void failed(Refusal why) {
    synchronized (this) {
      unstored.failed();
      if (closed) {
        releaseAll();
        return;
      }
    }
    refuse(why);
  }

  /** Refuses everything that waits; each burst is refused only once. It remains to be stored. */
  void refuse(Refusal why) {
    synchronized (this) {
      Follower follower = delivery.follower();
      if (follower == null || closed) {
        return;
      }
      for (Burst burst : unstored.toRefuse()) {
        follower.refused(burst, why);
      }
    }
    wake();
  }

  // ---- delivering

  /** Called when the store is known to have messages up to this seq. */
  void notified(long seq) {
    boolean behind;
    synchronized (this) {
      delivery.setKnown(seq);
      behind = delivery.isBehind();
    }
    if (behind) {
      services.catchUp(this);
    }
  }

  /** Completed when a position is delivered; null if it already is, or has another epoch. */
  synchronized @Nullable CompletableFuture<Void> reach(Position at) {
    if (isReached(at)) {
      return null;
    }
    List<Waiter> waiting = waiters == null ? new ArrayList<>() : waiters;
    waiters = waiting;
    Waiter one = new Waiter(at, new CompletableFuture<>());
    waiting.removeIf(other -> other.done.isDone());
    waiting.add(one);
    return one.done;
  }

  private boolean isReached(Position at) {
    return !at.epoch().equals(room().epoch()) || at.seq() <= room().newest();
  }

  /** Removes and returns the waiters whose position is reached, or all if the log is closed. */
  private synchronized List<Waiter> takeReached() {
    List<Waiter> waiting = waiters;
    if (waiting == null) {
      return List.of();
    }
    List<Waiter> done = new ArrayList<>();
    for (Waiter one : waiting) {
      if (closed || isReached(one.at)) {
        done.add(one);
      }
    }
    waiting.removeAll(done);
    waiters = waiting.isEmpty() ? null : waiting;
    return done;
  }

  /** What to read from the store next; null if nothing for now. */
  synchronized @Nullable Request nextRequest() {
    return isReady() ? delivery.nextRequest() : null;
  }

  private boolean isReady() {
    return !closed && (!opened || delivery.follower() != null);
  }

  /** Delivers what was read from the store. */
  Result apply(RoomSnapshot snapshot) {
    Result result;
    boolean write;
    synchronized (this) {
      if (!isReady()) {
        return Result.DONE;
      }
      result = delivery.apply(snapshot, unstored.writing());
      List<Batch> lost = delivery.takeLost();
      write = !lost.isEmpty() && unstored.addLost(lost);
    }
    wake();
    if (write) {
      services.write(this);
    }
    return result;
  }

  private void settled(Burst burst) {
    unstored.settled(burst);
    services.settled(bytes(burst));
  }

  /** Wakes the follower and completes waiters. Call without the lock. */
  private void wake() {
    Follower follower;
    synchronized (this) {
      follower = closed ? null : delivery.follower();
    }
    try {
      if (follower != null) {
        follower.delivered();
      }
    } catch (RuntimeException | Error e) {
      log.error("a room failed to handle a wake-up", e);
    }
    for (Waiter one : takeReached()) {
      one.done.complete(null);
    }
  }

  // ---- for the room

  @Override
  public void follow(Follower follows) {
    boolean behind;
    synchronized (this) {
      delivery.follow(follows);
      behind = delivery.isBehind();
    }
    if (behind) {
      services.catchUp(this);
    }
  }

  @Override
  public CompletionStage<Slice> read(Position after, int limit) {
    return services.read(this, after, limit);
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
    return unstored.isEmpty();
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      releaseAll();
    }
    services.closed(this);
  }

  /** Releases everything that waits; a batch in flight is released when its outcome is known. */
  private void releaseAll() {
    delivery.releaseAll();
    for (Burst burst : unstored.takeAll()) {
      settled(burst);
      burst.release();
    }
  }
}
