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
 * One room's log in a store. What is appended waits for the store's writer, which stores it
 * together with what waits in other rooms, and then hands it on.
 */
final class StoredLog implements RoomLog {

  /** Whose log it is. */
  interface Keeper {

    /** Something is to be stored. */
    void add(StoredLog log, Burst burst);

    /** Reads from it. */
    CompletionStage<Slice> read(StoredLog log, Position after, int limit);

    /** Nothing is appended to it, or read from it, from here on. */
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
   * It is in use.
   *
   * @param emptied called when it keeps nothing any more
   */
  void opened(Runnable emptied) {
    this.emptied = emptied;
  }

  /** What of the room is stored. */
  StoredRoom room() {
    return room;
  }

  /** More of it is stored, or less. Called by the writer alone. */
  void room(StoredRoom now) {
    room = now;
  }

  Follower follower() {
    return Objects.requireNonNull(follower, "follow comes first");
  }

  /** One burst does not wait any more. */
  void settled() {
    waiting.decrementAndGet();
  }

  /** Tells so if it keeps nothing. Without a lock of ours. */
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
    return !hasWaiting() && room.kept() == 0; // in this order, as what is stored waits no more
  }

  @Override
  public void close() {
    keeper.closed(this);
  }
}
