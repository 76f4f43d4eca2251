package io.chatroom.server.names;

import io.chatroom.protocol.session.Position;
import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The read marks of owners: how far each has read each room (S-30). Scrolling moves a mark many
 * times a second, so marks are gathered and stored together. Thread-safe.
 */
public final class ReadMarks {

  /**
   * The most marks of one owner; beyond that, the one that was unmoved for the longest time is
   * deleted.
   */
  static final int MOST = 1_000;

  private static final String KIND = "read";
  private static final long GATHERED_MILLIS = 500;

  /** Separates an owner's id, which never contains it, from a room. */
  private static final char OF = ' ';

  /** A listener for marks that other servers have moved. */
  public interface Listener {

    /** An owner has read up to here. */
    void moved(String ownerId, String room, Position to);
  }

  private static final Logger log = LoggerFactory.getLogger(ReadMarks.class);

  private final Facts facts;
  private final Executor later;

  private volatile boolean isOpen;
  private volatile Listener whenChangedElsewhere = (owner, room, to) -> {};

  /** By owner id and by room, in the order of their last move. */
  private final Map<String, Map<String, Position>> marks = new HashMap<>();

  /** Marks to store, by the key of the fact. */
  private Map<String, Fact> gathered = new LinkedHashMap<>();

  private CompletableFuture<Void> stored = new CompletableFuture<>();

  /** Marks that are being stored, by the key of the fact. */
  private final Map<String, CompletableFuture<Void>> storing = new HashMap<>();

  private boolean due;

  /**
   * @param later runs a task after a short delay; marks moved until then are stored together
   */
  ReadMarks(Facts facts, Executor later) {
    this.facts = facts;
    this.later = later;
  }

  /**
   * Reads the stored marks, which are then stored together every half second.
   *
   * @throws IOException if they cannot be read; the message is one sentence for people
   */
  public static ReadMarks open(Facts facts) throws IOException {
    return open(facts, CompletableFuture.delayedExecutor(GATHERED_MILLIS, TimeUnit.MILLISECONDS));
  }

  /**
   * Reads the stored marks.
   *
   * @param later runs a task after a short delay; marks moved until then are stored together
   */
  public static ReadMarks open(Facts facts, Executor later) throws IOException {
    ReadMarks marks = new ReadMarks(facts, later);
    try {
      facts.follow(KIND, marks::apply);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
    marks.isOpen = true;
    return marks;
  }

  /** Adds a stored mark, or one that another server has moved. */
  private void apply(Fact fact) {
    int end = fact.key().indexOf(OF);
    String owner = fact.key().substring(0, end);
    String room = fact.key().substring(end + 1);
    Position to;
    try {
      to = fact.value() == null ? null : FactJson.position(fact.value());
    } catch (IllegalArgumentException e) {
      if (!isOpen) {
        throw e;
      }
      log.warn(e.getMessage());
      return;
    }
    if (to == null) {
      isGone(owner, room);
    } else if (!isOpen) {
      of(owner).put(room, to);
    } else if (isMoved(owner, room, to)) {
      whenChangedElsewhere.moved(owner, room, to);
    }
  }

  private synchronized void isGone(String owner, String room) {
    Map<String, Position> mine = marks.get(owner);
    if (mine != null) {
      mine.remove(room);
      if (mine.isEmpty()) {
        marks.remove(owner);
      }
    }
  }

  /** If two servers have moved a mark, the further one wins. */
  private boolean isMoved(String owner, String room, Position to) {
    boolean first;
    synchronized (this) {
      Position here = of(owner).get(room);
      if (here == null || !here.epoch().equals(to.epoch()) || here.seq() <= to.seq()) {
        of(owner).remove(room); // puts it last
        of(owner).put(room, to);
        gathered.computeIfPresent(
            owner + OF + room, (key, fact) -> new Fact(KIND, key, FactJson.position(to)));
        return !to.equals(here);
      }
      gather(new Fact(KIND, owner + OF + room, FactJson.position(here)));
      first = !due;
      due = true;
    }
    if (first) {
      later.execute(this::store);
    }
    return false;
  }

  /**
   * Sets the listener for marks that another server has moved.
   *
   * @param listener called on any thread; must return soon
   */
  public void whenChangedElsewhere(Listener listener) {
    whenChangedElsewhere = listener;
  }

  private Map<String, Position> of(String ownerId) {
    return marks.computeIfAbsent(ownerId, id -> new LinkedHashMap<>(4));
  }

  /**
   * The mark of an owner in a room.
   *
   * @param epoch the epoch of the room's log; numbers of another one are unrelated
   * @return null if there is no mark
   */
  public synchronized @Nullable Long mark(Owner owner, String room, String epoch) {
    Map<String, Position> mine = marks.get(owner.id());
    Position mark = mine == null ? null : mine.get(room);
    return mark == null || !mark.epoch().equals(epoch) ? null : mark.seq();
  }

  /**
   * Moves the mark of an owner forward.
   *
   * @return completes, on any thread, when the mark is as safe as this server makes it; null if a
   *     stored mark is already there or beyond
   */
  public @Nullable CompletionStage<Void> move(Owner owner, String room, Position to) {
    CompletionStage<Void> safe;
    boolean first;
    String key = owner.id() + OF + room;
    synchronized (this) {
      Long before = mark(owner, room, to.epoch());
      boolean isThere = before != null && before >= to.seq();
      if (isThere && !gathered.containsKey(key)) {
        return storing.get(key);
      }
      first = !due;
      due = true;
      safe = stored;
      if (!isThere) {
        put(owner, room, to);
      }
    }
    if (first) {
      later.execute(this::store);
    }
    return safe;
  }

  private void put(Owner owner, String room, Position to) {
    Map<String, Position> mine = of(owner.id());
    mine.remove(room); // puts it last
    mine.put(room, to);
    gather(new Fact(KIND, owner.id() + OF + room, FactJson.position(to)));
    if (mine.size() > MOST) {
      String oldest = mine.keySet().iterator().next();
      mine.remove(oldest);
      gather(Fact.gone(KIND, owner.id() + OF + oldest));
    }
  }

  /** Deletes the marks of an ownership that has ended. */
  void forget(Owner owner) {
    keepOnly(id -> !id.equals(owner.id()));
  }

  /** Deletes the marks of former owners. */
  void keepOnly(Predicate<String> isOwner) {
    boolean first;
    synchronized (this) {
      List<String> gone = marks.keySet().stream().filter(id -> !isOwner.test(id)).toList();
      for (String id : gone) {
        Map<String, Position> mine = marks.remove(id);
        if (mine != null) {
          mine.keySet().forEach(room -> gather(Fact.gone(KIND, id + OF + room)));
        }
      }
      first = !due && !gone.isEmpty();
      due |= !gone.isEmpty();
    }
    if (first) {
      later.execute(this::store);
    }
  }

  private void gather(Fact fact) {
    gathered.put(fact.key(), fact);
  }

  /** Stores the gathered marks; those that cannot be stored are stored with the next ones. */
  public CompletionStage<Void> store() {
    Map<String, Fact> changes;
    CompletableFuture<Void> done;
    CompletionStage<Void> change;
    synchronized (this) {
      due = false;
      if (gathered.isEmpty()) {
        return CompletableFuture.completedStage(null);
      }
      changes = gathered;
      done = stored;
      gathered = new LinkedHashMap<>();
      stored = new CompletableFuture<>();
      changes.keySet().forEach(key -> storing.put(key, done));
      change = facts.put(List.copyOf(changes.values()));
    }
    change.whenComplete(
        (kept, failure) -> {
          settled(changes, done, failure == null);
          if (failure == null) {
            done.complete(null);
          } else {
            done.completeExceptionally(failure);
          }
        });
    return done;
  }

  private synchronized void settled(
      Map<String, Fact> changes, CompletableFuture<Void> done, boolean isStored) {
    changes.keySet().forEach(key -> storing.remove(key, done));
    if (!isStored) {
      changes.forEach(gathered::putIfAbsent);
    }
  }
}
