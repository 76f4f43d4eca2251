package io.chatroom.server.front;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory connections hold for what they have sent and nobody can use yet: the beginnings
 * of frames, and what a slowed sender had sent before. It is bounded in all, since ten thousand
 * strangers with a little each are as bad as one with much.
 *
 * <p>Over the bound, the event loop that holds most gives back until a quarter of the bound is
 * free; which of its connections have to go is its own choice. Until it has, others may exceed the
 * bound by what they read in the meantime. Thread-safe.
 */
final class WaitingBytes {

  /** One event loop's connections. Thread-safe. */
  interface Holder {

    /** What they hold. */
    long heldBytes();

    /**
     * Closes those that cost most until enough is free.
     *
     * @param done called when that has been done
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

  /** Counts that so many more are held, or fewer when it is negative. */
  void change(long bytes) {
    if (inAll.addAndGet(bytes) > bound && relieving.compareAndSet(false, true)) {
      holders.stream()
          .max(Comparator.comparingLong(Holder::heldBytes))
          .ifPresent(holder -> holder.relieve(() -> relieving.set(false)));
    }
  }

  /** What one event loop may keep when it has to give back. */
  long fairShare() {
    return (bound - bound / 4) / Math.max(1, holders.size());
  }

  /** Whether too few are free for now. */
  boolean areTooMany() {
    return inAll.get() > bound - bound / 4;
  }
}
