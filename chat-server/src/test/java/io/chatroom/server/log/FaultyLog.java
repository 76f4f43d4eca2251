package io.chatroom.server.log;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A log that refuses bursts for as long as a test says, and can begin a new epoch. */
public final class FaultyLog implements RoomLog {

  private final Supplier<RoomLog> newLog;
  private final Queue<Burst> refused = new ArrayDeque<>();
  private RoomLog log;
  private @Nullable Follower follower;
  private @Nullable Refusal trouble;

  FaultyLog(Supplier<RoomLog> newLog) {
    this.newLog = newLog;
    this.log = newLog.get();
  }

  /** Refuses everything from here on. */
  public synchronized void fail(Refusal why) {
    trouble = why;
  }

  /** Stores what it has refused, and refuses nothing more. */
  public void mend() {
    synchronized (this) {
      trouble = null;
      while (!refused.isEmpty()) {
        log.append(refused.remove());
      }
    }
    follower().delivered();
  }

  /** Begins a new epoch, with no messages. */
  public synchronized void reset() {
    log.close();
    log = newLog.get();
    log.follow(new Within(follower()));
    follower().reset(log.newest());
  }

  private Follower follower() {
    return Objects.requireNonNull(follower);
  }

  @Override
  public void append(Burst burst) {
    synchronized (this) {
      if (trouble != null) {
        refused.add(burst);
        follower().refused(burst, trouble);
        return;
      }
      log.append(burst);
    }
    follower().delivered();
  }

  @Override
  public synchronized void follow(Follower follower) {
    this.follower = follower;
    log.follow(new Within(follower));
  }

  @Override
  public synchronized CompletionStage<Slice> read(Position after, int limit) {
    return log.read(after, limit);
  }

  @Override
  public synchronized Position newest() {
    return log.newest();
  }

  @Override
  public synchronized long first() {
    return log.first();
  }

  @Override
  public synchronized boolean isEmpty() {
    return log.isEmpty() && refused.isEmpty();
  }

  @Override
  public synchronized void close() {
    refused.forEach(Burst::release);
    refused.clear();
    log.close();
  }

  /** Receives bursts under our lock, so it reports later that they were passed on. */
  private record Within(Follower follower) implements Follower {

    @Override
    public void next(Burst burst, long firstSeq, long atMillis) {
      follower.next(burst, firstSeq, atMillis);
    }

    @Override
    public void repeated(Author author, Post post, long seq, long atMillis) {
      follower.repeated(author, post, seq, atMillis);
    }

    @Override
    public void reused(Author author, Post post) {
      follower.reused(author, post);
    }

    @Override
    public void delivered() {}

    @Override
    public void refused(Burst burst, Refusal why) {
      follower.refused(burst, why);
    }

    @Override
    public void reset(Position to) {
      follower.reset(to);
    }
  }
}
