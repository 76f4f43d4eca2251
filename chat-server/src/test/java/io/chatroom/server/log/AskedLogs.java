package io.chatroom.server.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Logs that must be queried for each room and each list, and that keep a closed room's messages. A
 * test decides when answers come or fail. For one thread.
 */
public final class AskedLogs implements RoomLogs {

  private final RoomLogs logs;
  private final Map<String, CompletableFuture<Void>> asked = new HashMap<>();
  private final List<Answer> answers = new ArrayList<>();
  private final Set<String> known = new HashSet<>();
  private final Map<String, Kept> kept = new HashMap<>();

  private boolean cannotRead;

  private interface Answer {
    void come(boolean works);
  }

  /** Creates logs over others, which are never closed. */
  public AskedLogs(RoomLogs logs) {
    this.logs = logs;
  }

  /** The number of queries that wait for an answer. */
  public int waiting() {
    return answers.size();
  }

  /** Answers the oldest query; false if there is none. */
  public boolean answer() {
    return answer(0, true);
  }

  /** Fails the oldest query; false if there is none. */
  public boolean fail() {
    return answer(0, false);
  }

  /**
   * Answers any query.
   *
   * @param fails true if the query may fail, at random
   */
  public boolean answer(Random random, boolean fails) {
    return !answers.isEmpty()
        && answer(random.nextInt(answers.size()), !fails || random.nextInt(4) > 0);
  }

  private boolean answer(int which, boolean works) {
    if (answers.isEmpty()) {
      return false;
    }
    answers.remove(which).come(works);
    return true;
  }

  /** Makes a room known without a query. */
  public void know(String room) {
    known.add(room);
  }

  /** Requires new queries for all rooms, even open ones: more than logs may do. */
  public void forget() {
    known.clear();
  }

  /** Makes reads fail, or succeed again. */
  public void cannotRead(boolean isSo) {
    cannotRead = isSo;
  }

  @Override
  public @Nullable CompletionStage<Void> prepare(String room) {
    if (known.contains(room)) {
      return null;
    }
    return asked.computeIfAbsent(
        room,
        name -> {
          CompletableFuture<Void> answer = new CompletableFuture<>();
          answers.add(
              works -> {
                asked.remove(name);
                if (works) {
                  known.add(name);
                }
                if (works) {
                  answer.complete(null);
                } else {
                  answer.completeExceptionally(away());
                }
              });
          return answer;
        });
  }

  @Override
  public @Nullable CompletionStage<Void> reach(String room, Position at) {
    Kept log = kept.get(room);
    Position newest = log == null ? null : log.newest();
    if (newest == null || !newest.epoch().equals(at.epoch()) || newest.seq() >= at.seq()) {
      return null;
    }
    CompletableFuture<Void> answer = new CompletableFuture<>();
    answers.add(
        works -> {
          if (works) {
            answer.complete(null);
          } else {
            answer.completeExceptionally(away());
          }
        });
    return answer;
  }

  private static IOException away() {
    return new IOException("the database is away");
  }

  @Override
  public boolean keeps(String room) {
    if (!known.contains(room)) {
      throw new IllegalStateException("not asked for: " + room);
    }
    Kept log = kept.get(room);
    return log != null && log.isUsed();
  }

  @Override
  public int count(boolean isPrivate) {
    return (int)
        kept.entrySet().stream()
            .filter(room -> RoomLog.isPrivate(room.getKey()) == isPrivate)
            .filter(room -> room.getValue().isUsed())
            .count();
  }

  @Override
  public CompletionStage<List<KeptRoom>> list(String behind, int limit) {
    CompletableFuture<List<KeptRoom>> answer = new CompletableFuture<>();
    answers.add(
        works -> {
          if (works) {
            answer.complete(found(behind, limit));
          } else {
            answer.completeExceptionally(away());
          }
        });
    return answer;
  }

  private List<KeptRoom> found(String behind, int limit) {
    return kept.entrySet().stream()
        .filter(room -> !RoomLog.isPrivate(room.getKey()) && room.getValue().isUsed())
        .filter(room -> room.getKey().compareTo(behind) > 0)
        .sorted(Map.Entry.comparingByKey())
        .limit(limit)
        .map(room -> new KeptRoom(room.getKey(), room.getValue().newest().seq(), null))
        .toList();
  }

  @Override
  public boolean closedAreGone() {
    return false;
  }

  @Override
  public RoomLog open(String room, Runnable emptied) {
    if (!known.contains(room)) {
      throw new IllegalStateException("not asked for: " + room);
    }
    Kept log = kept.computeIfAbsent(room, name -> new Kept(logs.open(name, () -> {})));
    if (log.open) {
      throw new IllegalStateException("open already: " + room);
    }
    log.open = true;
    return log;
  }

  @Override
  public void close() {
    kept.values().forEach(room -> room.log.close());
    logs.close();
  }

  /** A log that keeps its messages when it is closed. */
  private final class Kept implements RoomLog, RoomLog.Follower {

    private final RoomLog log;
    private boolean open;
    private @Nullable Follower follower;

    Kept(RoomLog log) {
      this.log = log;
      log.follow(this);
    }

    boolean isUsed() {
      return log.newest().seq() > 0;
    }

    @Override
    public void append(Burst burst) {
      log.append(burst);
    }

    @Override
    public void follow(Follower follower) {
      this.follower = follower;
    }

    @Override
    public CompletionStage<Slice> read(Position after, int limit) {
      return cannotRead
          ? CompletableFuture.failedStage(new StoreIsAway("the database is away", away()))
          : log.read(after, limit);
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
      return true; // nothing waits, and kept messages need no open room
    }

    @Override
    public void close() {
      open = false;
      follower = null;
    }

    @Override
    public void next(Burst burst, long firstSeq, long atMillis) {
      if (follower == null) {
        burst.release();
      } else {
        follower.next(burst, firstSeq, atMillis);
      }
    }

    @Override
    public void repeated(Author author, Post post, long seq, long atMillis) {
      if (follower != null) {
        follower.repeated(author, post, seq, atMillis);
      }
    }

    @Override
    public void reused(Author author, Post post) {
      if (follower != null) {
        follower.reused(author, post);
      }
    }

    @Override
    public void delivered() {
      if (follower != null) {
        follower.delivered();
      }
    }

    @Override
    public void refused(Burst burst, Refusal why) {
      if (follower != null) {
        follower.refused(burst, why);
      }
    }

    @Override
    public void reset(Position to) {
      if (follower != null) {
        follower.reset(to);
      }
    }
  }
}
