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
 * What was said in a room and is not known to be stored, in order. Belongs to the lock of its log.
 */
final class Unsafe {

  private final Deque<Burst> waiting = new ArrayDeque<>(1);

  /** What was stored, and perhaps is not any more. It comes before what waits. */
  private final Deque<Batch> again = new ArrayDeque<>(1);

  /** What is being stored, or will be tried again before all else; it may be stored already. */
  private @Nullable Batch batch;

  /** The batch is being stored just now. */
  private boolean running;

  /** Somebody will come and take what waits. */
  private boolean expected;

  /** What is not stored was refused. */
  private boolean failed;

  /** Those that were told that they are refused. */
  private @Nullable Set<Burst> told;

  private int unsettled;

  /**
   * Adds a burst.
   *
   * @return whether somebody must be sent for it
   */
  boolean add(Burst burst) {
    waiting.add(burst);
    unsettled++;
    return isToBeSentFor();
  }

  /**
   * Takes back what was stored, and perhaps is not any more.
   *
   * @return as {@link #add}
   */
  boolean addAgain(List<Batch> batches) {
    again.addAll(batches);
    return isToBeSentFor();
  }

  private boolean isToBeSentFor() {
    boolean send = !expected || failed;
    expected = true;
    return send;
  }

  /** What is to be stored next; null if there is nothing, or it is being stored. */
  @Nullable Batch take(LongSupplier marks, int maxMessages, int maxBytes) {
    if (running) {
      return null;
    }
    if (batch == null && !again.isEmpty()) {
      batch = again.remove().again(marks.getAsLong());
    }
    if (batch == null) {
      if (waiting.isEmpty()) {
        expected = false;
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
          break; // what is said behind it may be what it deletes, which is found in the store alone
        }
      }
      batch = new Batch(bursts, marks.getAsLong());
    }
    running = true;
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

  /** The batch is stored. */
  void stored() {
    running = false;
    failed = false;
    batch = null;
  }

  /** The batch is not known to be stored. */
  void failed() {
    running = false;
    failed = true;
  }

  /** The one that may be stored although that is not known. */
  @Nullable Batch writing() {
    return batch;
  }

  /** Those that are to be told that they are refused. */
  List<Burst> toRefuse() {
    failed = true;
    Set<Burst> before = told;
    if (before == null) {
      before = Collections.newSetFromMap(new IdentityHashMap<>());
      told = before;
    }
    List<Burst> fresh = new ArrayList<>();
    if (batch != null) {
      fresh.addAll(batch.bursts());
    }
    again.forEach(one -> fresh.addAll(one.bursts()));
    fresh.addAll(waiting);
    fresh.removeIf(before::contains);
    before.addAll(fresh);
    return fresh;
  }

  void settled(Burst burst) {
    unsettled--;
    if (told != null) {
      told.remove(burst);
      told = told.isEmpty() ? null : told;
    }
  }

  boolean hasWaiting() {
    return batch != null || !again.isEmpty() || !waiting.isEmpty();
  }

  boolean isEmpty() {
    return unsettled == 0;
  }

  /** All that is not being stored just now, for the last time. */
  List<Burst> takeAll() {
    List<Burst> all = new ArrayList<>();
    if (batch != null && !running) {
      all.addAll(batch.bursts());
      batch = null;
    }
    again.forEach(one -> all.addAll(one.bursts()));
    again.clear();
    all.addAll(waiting);
    waiting.clear();
    return all;
  }
}
