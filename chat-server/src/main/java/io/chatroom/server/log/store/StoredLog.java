package io.chatroom.server.log.store;

import io.chatroom.server.log.Burst;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.Slice;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The log of one room in a store. Appended bursts wait for the store's writer, which stores them
 * together with those of other rooms and then passes them on.
 */
final class StoredLog implements RoomLog {

  /** The owner of the log. */
  interface Keeper {

    /** Queues a burst to be stored. */
    void add(StoredLog log, Burst burst);

    /** Reads messages of a log. */
    CompletionStage<Slice> read(StoredLog log, Position after, int limit);

    /** Called when a log is closed; it is not used after that. */
    void closed(StoredLog log);
  }

  private final Keeper keeper;
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile StoredRoom room;
  private volatile Runnable emptied = () -> {};
  private volatile @Nullable Follower follower;

  StoredLog(StoredRoom room, Keeper keeper) {
    this.room = room;
    this.keeper = keeper;
  }

  /**
   * Begins to use the log.
   *
   * @param emptied called when it no longer keeps anything
   */
  void opened(Runnable emptied) {
    this.emptied = emptied;
  }

  /** The stored state of the room. */
  StoredRoom room() {
    return room;
  }

  /** Updates the stored state. Called by the writer only. */
  void room(StoredRoom now) {
    room = now;
  }

  Follower follower() {
    return Objects.requireNonNull(follower, "follow comes first");
  }

  /** Called when a waiting burst is done. */
  void settled() {
    waiting.decrementAndGet();
  }

  /** Calls the listener if the log keeps nothing. Must be called without a lock. */
  void tellIfEmpty() {
    if (isEmpty()) {
      emptied.run();
    }
  }

  boolean hasWaiting() {
    return waiting.get() > 0;
  }

  @Override
  public void append(Burst burst) {
    waiting.incrementAndGet();
    keeper.add(this, burst);
  }

  @Override
  public void follow(Follower follower) {
    this.follower = follower;
  }

  @Override
  public CompletionStage<Slice> read(Position after, int limit) {
    return keeper.read(this, after, limit);
  }

  @Override
  public Position newest() {
    StoredRoom now = room;
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
  public boolean isEmpty() {
    return !hasWaiting()
        && room.kept() == 0; // in this order, as a burst that was stored in between no longer waits
  }

  @Override
  public void close() {
    keeper.closed(this);
  }
}
