package io.chatroom.client.conformance;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one peer has heard, in order, filled by the thread that reads its socket and emptied by the
 * case. Three kinds are told apart: what people of this case said, the kit's own control messages
 * among it, and what comes from strangers.
 *
 * <p>Waits go by progress: a timeout counts from the last thing that arrived, since a long burst
 * may take long, but a server that owes something must not fall silent. What strangers say counts
 * as well, a while: ours may be behind it.
 */
final class Inbox {

  /** How many timeouts more a wait may take while somebody else is heard. */
  private static final int WHILE_STRANGERS_TALK = 2;

  private final Tag tag;
  private final Deque<Pair> ours = new ArrayDeque<>();
  private final List<Said> strangers = new ArrayList<>();
  private final Set<Bytes> controls = new HashSet<>();
  private long arrived;
  private long arrivedOfOurs;
  private @Nullable String end;
  private boolean closed;
  private boolean garbled;
  private boolean cutShort;

  Inbox(Tag tag) {
    this.tag = tag;
  }

  synchronized void add(Pair pair) {
    arrived++;
    if (tag.isOurs(pair.said())) {
      ours.add(pair);
      arrivedOfOurs++;
      if (tag.isControl(pair.said())) {
        controls.add(pair.said().message());
      }
      notifyAll();
    } else if (!tag.isNeighbours(pair.said())) {
      strangers.add(pair.said());
      notifyAll();
    }
  }

  /** Notes that nothing more can be understood, and why, as a phrase; the first reason stands. */
  synchronized void end(String how) {
    if (end == null) {
      end = how;
      notifyAll();
    }
  }

  /** Notes that what came cannot be split into frames, and what it was. */
  synchronized void garbled(String how) {
    garbled = true;
    end(how);
  }

  /** Whether bytes came that are no frame; a frame that the end of the stream cut short is not. */
  synchronized boolean isGarbled() {
    return garbled;
  }

  /** Notes that the server has closed the connection, whatever was understood before. */
  synchronized void closed(String how) {
    closed = true;
    end(how);
    notifyAll();
  }

  /** Notes that the server has closed the connection within a frame. */
  synchronized void cutShort(String how) {
    cutShort = true;
    closed(how);
  }

  synchronized boolean isCutShort() {
    return cutShort;
  }

  /** Why nothing more will come, as a phrase, or {@code null} while the stream goes on. */
  synchronized @Nullable String end() {
    return end;
  }

  synchronized boolean awaitClosed(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!closed) {
      long millis = millisUntil(deadline);
      if (millis <= 0) {
        return false;
      }
      wait(millis);
    }
    return true;
  }

  /** Waits for {@code count} pairs that are no control messages, and returns what came of them. */
  synchronized List<Pair> take(int count, Duration timeout) throws InterruptedException {
    List<Pair> pairs = new ArrayList<>();
    while (pairs.size() < count && await(() -> !ours.isEmpty(), timeout)) {
      Pair next = ours.remove();
      if (!tag.isControl(next.said())) {
        pairs.add(next);
      }
    }
    return pairs;
  }

  /**
   * Waits for a control message and returns what came before it since the last take, without
   * control messages.
   *
   * @return {@code null} if the message did not come
   */
  synchronized @Nullable List<Pair> takeUntil(Bytes control, Duration timeout)
      throws InterruptedException {
    List<Pair> pairs = new ArrayList<>();
    while (await(() -> !ours.isEmpty(), timeout)) {
      Pair next = ours.remove();
      if (next.said().message().equals(control)) {
        return pairs;
      }
      if (!tag.isControl(next.said())) {
        pairs.add(next);
      }
    }
    return null;
  }

  /** Waits for a control message and takes nothing, so that what came before it is still there. */
  synchronized boolean awaitControl(Bytes control, Duration timeout) throws InterruptedException {
    return await(() -> controls.contains(control), timeout);
  }

  /** What strangers have said since the last call. */
  synchronized List<Said> takeStrangers() {
    List<Said> taken = List.copyOf(strangers);
    strangers.clear();
    return taken;
  }

  private boolean await(BooleanSupplier condition, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    long last = deadline + timeout.toNanos() * WHILE_STRANGERS_TALK;
    long seen = arrived;
    long heard = arrivedOfOurs;
    while (!condition.getAsBoolean()) {
      long millis = Math.min(millisUntil(deadline), millisUntil(last));
      if (millis <= 0 || end != null) {
        return false;
      }
      wait(millis);
      if (arrived > seen) {
        seen = arrived;
        deadline = System.nanoTime() + timeout.toNanos();
      }
      if (arrivedOfOurs > heard) {
        heard = arrivedOfOurs;
        last = deadline + timeout.toNanos() * WHILE_STRANGERS_TALK;
      }
    }
    return true;
  }

  private static long millisUntil(long deadlineNanos) {
    return (deadlineNanos - System.nanoTime() + 999_999) / 1_000_000;
  }
}
