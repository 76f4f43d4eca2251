package io.chatroom.server.log.shared;

import io.chatroom.server.log.Burst;
import io.chatroom.server.log.RoomEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The bursts of a room that are not known to be stored, in order. Guarded by the lock of its log.
 */
final class UnstoredBursts {

  private final Deque<Burst> waiting = new ArrayDeque<>(1);

  /** Batches that were stored and may be lost. They are stored again before what waits. */
  private final Deque<Batch> lost = new ArrayDeque<>(1);

  /** The batch to store first, perhaps in flight; it may already be stored. */
  private @Nullable Batch batch;

  /** The batch is in flight. */
  private boolean inFlight;

  /** A writer was scheduled and will call {@link #take}. */
  private boolean scheduled;

  /** The last attempt failed. */
  private boolean failed;

  /** The bursts that were refused; null if none. */
  private @Nullable Set<Burst> refused;

  private int unsettled;

  /**
   * Adds a burst.
   *
   * @return true if the caller must schedule a writer
   */
  boolean add(Burst burst) {
    waiting.add(burst);
    unsettled++;
    return isToSchedule();
  }

  /**
   * Adds batches that were stored and may be lost.
   *
   * @return as {@link #add}
   */
  boolean addLost(List<Batch> batches) {
    lost.addAll(batches);
    return isToSchedule();
  }

  private boolean isToSchedule() {
    boolean schedule = !scheduled || failed;
    scheduled = true;
    return schedule;
  }

  /** Takes the next batch to store; null if there is none, or one is in flight. */
  @Nullable Batch take(LongSupplier marks, int maxMessages, int maxBytes) {
    if (inFlight) {
      return null;
    }
    if (batch == null && !lost.isEmpty()) {
      batch = lost.remove().toStoreAgain(marks.getAsLong());
    }
    if (batch == null) {
      if (waiting.isEmpty()) {
        scheduled = false;
        return null;
      }
      List<Burst> bursts = new ArrayList<>();
      int messages = 0;
      long bytes = 0;
      while (!waiting.isEmpty() && messages < maxMessages && bytes < maxBytes) {
        Burst burst = waiting.remove();
        bursts.add(burst);
        messages += burst.messages();
        bytes += burst.size();
        if (deletes(burst)) {
          // A later post may repeat the deleted one, which is recognised only once the deletion is
          // stored (S-55).
          break;
        }
      }
      batch = new Batch(bursts, marks.getAsLong());
    }
    inFlight = true;
    return batch;
  }

  private static boolean deletes(Burst burst) {
    for (int i = 0; burst.hasDetails() && i < burst.messages(); i++) {
      if (burst.detail(i) instanceof RoomEvent event && event.deletes() > 0) {
        return true;
      }
    }
    return false;
  }

  /** Called when the batch is stored. */
  void stored() {
    inFlight = false;
    failed = false;
    batch = null;
  }

  /** Called when the batch failed, or its outcome is unknown. */
  void failed() {
    inFlight = false;
    failed = true;
  }

  /** The batch that may be stored, with its outcome still unknown; null if none. */
  @Nullable Batch writing() {
    return batch;
  }

  /** Returns the bursts that wait and were not refused yet, and marks them as refused. */
  List<Burst> toRefuse() {
    failed = true;
    Set<Burst> before = refused;
    if (before == null) {
      before = Collections.newSetFromMap(new IdentityHashMap<>());
      refused = before;
    }
    List<Burst> fresh = new ArrayList<>();
    if (batch != null) {
      fresh.addAll(batch.bursts());
    }
    lost.forEach(one -> fresh.addAll(one.bursts()));
    fresh.addAll(waiting);
    fresh.removeIf(before::contains);
    before.addAll(fresh);
    return fresh;
  }

  void settled(Burst burst) {
    unsettled--;
    if (refused != null) {
      refused.remove(burst);
      refused = refused.isEmpty() ? null : refused;
    }
  }

  boolean hasWaiting() {
    return batch != null || !lost.isEmpty() || !waiting.isEmpty();
  }

  boolean isEmpty() {
    return unsettled == 0;
  }

  /** Removes and returns all bursts that are not in flight. */
  List<Burst> takeAll() {
    List<Burst> all = new ArrayList<>();
    if (batch != null && !inFlight) {
      all.addAll(batch.bursts());
      batch = null;
    }
    lost.forEach(one -> all.addAll(one.bursts()));
    lost.clear();
    all.addAll(waiting);
    waiting.clear();
    return all;
  }
}
