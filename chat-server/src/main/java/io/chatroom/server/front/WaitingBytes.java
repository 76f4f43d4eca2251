package io.chatroom.server.front;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the memory held for input that cannot be used yet: incomplete frames, and frames of
 * delayed senders. The total is bounded, because ten thousand strangers with a little each are as
 * bad as one with much.
 *
 * <p>Over the bound, the event loop that holds the most closes connections of its choice until a
 * quarter of the bound is free. Meanwhile others may exceed the bound by what they read.
 * Thread-safe.
 */
final class WaitingBytes {

  /** One event loop's connections. Thread-safe. */
  interface Holder {

    /** The bytes that they hold. */
    long heldBytes();

    /**
     * Closes the connections that cost the most until enough is free.
     *
     * @param done called at the end
     */
    void relieve(Runnable done);
  }

  private final long bound;
  private final AtomicLong inAll = new AtomicLong();
  private final List<Holder> holders = new CopyOnWriteArrayList<>();
  private final AtomicBoolean relieving = new AtomicBoolean();

  WaitingBytes(long bound) {
    this.bound = bound;
  }

  void add(Holder holder) {
    holders.add(holder);
  }

  long bound() {
    return bound;
  }

  long bytes() {
    return inAll.get();
  }

  /** Adds to the count, which may be negative; frees memory if it exceeds the bound. */
  void change(long bytes) {
    if (inAll.addAndGet(bytes) > bound && relieving.compareAndSet(false, true)) {
      holders.stream()
          .max(Comparator.comparingLong(Holder::heldBytes))
          .ifPresent(holder -> holder.relieve(() -> relieving.set(false)));
    }
  }

  /** The bytes that one event loop may keep when it must free memory. */
  long fairShare() {
    return (bound - bound / 4) / Math.max(1, holders.size());
  }

  /** Returns true while less than a quarter of the bound is free. */
  boolean areTooMany() {
    return inAll.get() > bound - bound / 4;
  }
}
