package io.chatroom.server.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Logs whose reads are done when a test says so, in any order. */
public final class HandRunLogs implements RoomLogs {

  private final RoomLogs logs;
  private final Random random;
  private final List<Runnable> reads = new ArrayList<>();
  private int most;

  /** Makes logs that keep what others keep. */
  public HandRunLogs(RoomLogs logs, Random random) {
    this.logs = logs;
    this.random = random;
  }

  /** Does one of the reads that wait, if there is one. */
  public boolean runOne() {
    if (reads.isEmpty()) {
      return false;
    }
    reads.remove(random.nextInt(reads.size())).run();
    return true;
  }

  /** How many reads there were at once, at most. */
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
