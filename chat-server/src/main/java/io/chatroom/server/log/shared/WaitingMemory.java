package io.chatroom.server.log.shared;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * The memory of bursts that wait to be stored, in all rooms. Senders are slowed while it exceeds 8
 * MiB, until it falls below half of that. Thread-safe.
 */
final class WaitingMemory {

  private static final long SLOW_BYTES = 8 * 1024 * 1024;
  private static final long POLL_MILLIS = 20;

  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger bursts = new AtomicInteger();
  private final Object lock = new Object();
  private Runnable begin = () -> {};
  private Runnable end = () -> {};
  private boolean slow;

  void slows(Runnable begin, Runnable end) {
    this.begin = begin;
    this.end = end;
  }

  long bytes() {
    return bytes.get();
  }

  boolean isEmpty() {
    return bursts.get() == 0;
  }

  void add(long more) {
    bursts.incrementAndGet();
    if (bytes.addAndGet(more) > SLOW_BYTES) {
      synchronized (lock) {
        if (!slow && bytes.get() > SLOW_BYTES) {
          slow = true;
          begin.run();
        }
      }
    }
  }

  void remove(long fewer) {
    if (bytes.addAndGet(-fewer) <= SLOW_BYTES / 2) {
      synchronized (lock) {
        if (slow) {
          slow = false;
          end.run();
        }
      }
    }
    if (bursts.decrementAndGet() == 0) {
      synchronized (bursts) {
        bursts.notifyAll();
      }
    }
  }

  /**
   * Blocks until no burst waits.
   *
   * @param most the maximum time to block
   * @param hopeless ends the wait when it returns true
   */
  void awaitEmpty(Duration most, BooleanSupplier hopeless) {
    long until = System.nanoTime() + most.toNanos();
    synchronized (bursts) {
      try {
        while (!isEmpty() && !hopeless.getAsBoolean() && until - System.nanoTime() > 0) {
          bursts.wait(POLL_MILLIS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
