package io.chatroom.server.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Logs whose reads run when a test says so, in any order. */
public final class HandRunLogs implements RoomLogs {

  private final RoomLogs logs;
  private final Random random;
  private final List<Runnable> reads = new ArrayList<>();
  private int most;

  /** Creates logs over others. */
  public HandRunLogs(RoomLogs logs, Random random) {
    this.logs = logs;
    this.random = random;
  }

  /** Runs one of the waiting reads, if there is one. */
  public boolean runOne() {
    if (reads.isEmpty()) {
      return false;
    }
    reads.remove(random.nextInt(reads.size())).run();
    return true;
  }

  /** The maximum number of simultaneous reads. */
  public int most() {
    return most;
  }

  @Override
  public RoomLog open(String room, Runnable emptied) {
    RoomLog log = logs.open(room, emptied);
    return new RoomLog() {

      @Override
      public void append(Burst burst) {
        log.append(burst);
      }

      @Override
      public void follow(Follower follower) {
        log.follow(follower);
      }

      @Override
      public CompletionStage<Slice> read(Position after, int limit) {
        CompletableFuture<Slice> read = new CompletableFuture<>();
        reads.add(() -> read.complete(log.read(after, limit).toCompletableFuture().join()));
        most = Math.max(most, reads.size());
        return read;
      }

      @Override
      public Position newest() {
        return log.newest();
      }

      @Override
      public long first() {
        return log.first();
      }

      @Override
      public boolean isEmpty() {
        return log.isEmpty();
      }

      @Override
      public void close() {
        log.close();
      }
    };
  }

  @Override
  public void close() {
    logs.close();
  }
}
