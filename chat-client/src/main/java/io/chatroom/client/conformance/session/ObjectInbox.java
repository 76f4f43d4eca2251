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
 * The objects that one talker has received, in order. The thread that reads the socket fills it,
 * and the case empties it. Presence may come at any time, so it is kept apart.
 */
final class ObjectInbox {

  /** The types of SESSIONS.md, without presence; a client ignores others (S-12). */
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

  /** A presence, and when it was received. */
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
   * From now on keeps only objects that pass a test. The test sees every object in order, beginning
   * with those not taken yet. So objects that need only be checked take no memory.
   */
  synchronized void keepOnly(Predicate<Json> test) {
    kept = test;
    List<Json> here = List.copyOf(objects);
    objects.clear();
    here.forEach(this::add);
  }

  /** Records that the server ended the stream, and how, as a phrase. */
  synchronized void ended(String how) {
    ended = true;
    stop(how);
  }

  /** Records that what came cannot be parsed. */
  synchronized void garbled(String how) {
    garbled = true;
    stop(how);
  }

  /** Records that nothing more is read, and why; the first reason stands. */
  synchronized void stop(String how) {
    if (end == null) {
      end = how;
    }
    notifyAll();
  }

  synchronized boolean isGarbled() {
    return garbled;
  }

  /** Returns why nothing more comes, or {@code null} while the stream is open. */
  synchronized @Nullable String end() {
    return end;
  }

  /** Returns the next object, or {@code null} if none comes in time. */
  synchronized @Nullable Json next(Duration timeout) throws InterruptedException {
    await(() -> !objects.isEmpty() || end != null, timeout);
    return objects.poll();
  }

  /**
   * Returns the presence of this number, counted from 0, or {@code null} if it does not come in
   * time.
   */
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
