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
 * The pairs that one peer has received, in order. The thread that reads the socket fills it, and
 * the case empties it. It distinguishes the messages of this case, the kit's control messages among
 * them, and the messages of strangers.
 *
 * <p>A timeout counts from the last arrival: a long burst takes time, but a server that owes
 * something must not fall silent. Messages of strangers extend a wait too, up to a limit, because
 * ours may be queued behind them.
 */
final class Inbox {

  /** Additional wait, in timeouts, while only strangers' messages arrive. */
  private static final int WHILE_STRANGERS_TALK = 2;

  private final Tag tag;
  private final Deque<Pair> ours = new ArrayDeque<>();
  private final List<Post> strangers = new ArrayList<>();
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
    if (tag.isOurs(pair.post())) {
      ours.add(pair);
      arrivedOfOurs++;
      if (tag.isControl(pair.post())) {
        controls.add(pair.post().message());
      }
      notifyAll();
    } else if (!tag.isNeighbours(pair.post())) {
      strangers.add(pair.post());
      notifyAll();
    }
  }

  /** Records that nothing more can be read, and why, as a phrase; the first reason stands. */
  synchronized void end(String how) {
    if (end == null) {
      end = how;
      notifyAll();
    }
  }

  /** Records that the stream cannot be split into frames, and what came instead. */
  synchronized void garbled(String how) {
    garbled = true;
    end(how);
  }

  /**
   * Returns true if bytes came that are not a frame. A frame cut short by the end of the stream
   * does not count.
   */
  synchronized boolean isGarbled() {
    return garbled;
  }

  /** Records that the server closed the connection. */
  synchronized void closed(String how) {
    closed = true;
    end(how);
    notifyAll();
  }

  /** Records that the server closed the connection within a frame. */
  synchronized void cutShort(String how) {
    cutShort = true;
    closed(how);
  }

  synchronized boolean isCutShort() {
    return cutShort;
  }

  /** Returns why nothing more will come, as a phrase, or {@code null} while the stream is open. */
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

  /**
   * Waits for {@code count} pairs other than control messages, and returns those that came in time.
   */
  synchronized List<Pair> take(int count, Duration timeout) throws InterruptedException {
    List<Pair> pairs = new ArrayList<>();
    while (pairs.size() < count && await(() -> !ours.isEmpty(), timeout)) {
      Pair next = ours.remove();
      if (!tag.isControl(next.post())) {
        pairs.add(next);
      }
    }
    return pairs;
  }

  /**
   * Waits for a control message and returns the pairs that came before it since the last take,
   * without control messages.
   *
   * @return {@code null} if the message did not come in time
   */
  synchronized @Nullable List<Pair> takeUntil(Bytes control, Duration timeout)
      throws InterruptedException {
    List<Pair> pairs = new ArrayList<>();
    while (await(() -> !ours.isEmpty(), timeout)) {
      Pair next = ours.remove();
      if (next.post().message().equals(control)) {
        return pairs;
      }
      if (!tag.isControl(next.post())) {
        pairs.add(next);
      }
    }
    return null;
  }

  /** Waits for a control message without taking anything. */
  synchronized boolean awaitControl(Bytes control, Duration timeout) throws InterruptedException {
    return await(() -> controls.contains(control), timeout);
  }

  /** Returns what strangers have sent since the last call. */
  synchronized List<Post> takeStrangers() {
    List<Post> taken = List.copyOf(strangers);
    strangers.clear();
    return taken;
  }

  private boolean await(BooleanSupplier condition, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    long last = deadline + timeout.toNanos() * WHILE_STRANGERS_TALK;
    long seen = arrived;
    long received = arrivedOfOurs;
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
      if (arrivedOfOurs > received) {
        received = arrivedOfOurs;
        last = deadline + timeout.toNanos() * WHILE_STRANGERS_TALK;
      }
    }
    return true;
  }

  private static long millisUntil(long deadlineNanos) {
    return (deadlineNanos - System.nanoTime() + 999_999) / 1_000_000;
  }
}
