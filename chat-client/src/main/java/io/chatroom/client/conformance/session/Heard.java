package io.chatroom.client.conformance.session;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one talker has heard, in order: filled by the thread that reads its socket, emptied by the
 * case. Presence may come at any time, so it lies apart.
 */
final class Heard {

  /** What is on the page; a client ignores the rest (S-12). */
  private static final Set<String> KNOWN =
      Set.of(
          "welcome",
          "joined",
          "message",
          "event",
          "ack",
          "gap",
          "page",
          "rooms",
          "members",
          "read",
          "blocked",
          "owned",
          "link",
          "tokens",
          "moderated",
          "left",
          "pong",
          "error",
          "bye");

  private final Deque<Json> objects = new ArrayDeque<>();
  private final List<Presence> presences = new ArrayList<>();
  private Predicate<Json> kept = object -> true;
  private @Nullable String end;
  private boolean ended;
  private boolean garbled;

  /** Who came and went, and when that was heard. */
  record Presence(Json object, long nanos) {}

  synchronized void add(Json object) {
    if (object.is("presence")) {
      presences.add(new Presence(object, System.nanoTime()));
    } else if (object.get("type") instanceof String type
        && KNOWN.contains(type)
        && kept.test(object)) {
      objects.add(object);
    }
    notifyAll();
  }

  /**
   * From now on keeps only what passes a test, which sees every object in order, those first that
   * nobody has taken yet. So what is only looked at fills no memory, however much comes.
   */
  synchronized void keepOnly(Predicate<Json> test) {
    kept = test;
    List<Json> here = List.copyOf(objects);
    objects.clear();
    here.forEach(this::add);
  }

  /** Notes that the server has ended the stream, and how, as a phrase. */
  synchronized void ended(String how) {
    ended = true;
    stop(how);
  }

  /** Notes that what came cannot be understood. */
  synchronized void garbled(String how) {
    garbled = true;
    stop(how);
  }

  /** Notes that nothing more is read, and why; the first reason stands. */
  synchronized void stop(String how) {
    if (end == null) {
      end = how;
    }
    notifyAll();
  }

  synchronized boolean isGarbled() {
    return garbled;
  }

  /** Why nothing more comes, or {@code null} while the stream goes on. */
  synchronized @Nullable String end() {
    return end;
  }

  /** The next object, or {@code null} if none comes. */
  synchronized @Nullable Json next(Duration timeout) throws InterruptedException {
    await(() -> !objects.isEmpty() || end != null, timeout);
    return objects.poll();
  }

  /** The presence of this number, from 0 on, or {@code null} if it does not come. */
  synchronized @Nullable Presence presence(int number, Duration timeout)
      throws InterruptedException {
    await(() -> presences.size() > number || end != null, timeout);
    return presences.size() > number ? presences.get(number) : null;
  }

  synchronized List<Presence> presences() {
    return List.copyOf(presences);
  }

  synchronized boolean awaitEnd(Duration timeout) throws InterruptedException {
    await(() -> ended, timeout);
    return ended;
  }

  private synchronized void await(BooleanSupplier condition, Duration timeout)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    long millis = timeout.toMillis();
    while (millis > 0 && !condition.getAsBoolean()) {
      wait(millis);
      millis = (deadline - System.nanoTime() + 999_999) / 1_000_000;
    }
  }
}
