package io.chatroom.server.log.shared;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The rooms that this server follows: open rooms, and for a minute those that were closed or
 * prepared. Thread-safe.
 */
final class KnownRooms {

  private static final long KEEP_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final class Known {

    private final SharedLog log;
    private final long sinceNanos;
    private final boolean open;

    Known(SharedLog log, boolean open) {
      this.log = log;
      this.open = open;
      this.sinceNanos = System.nanoTime();
    }
  }

  private final Map<String, Known> rooms = new ConcurrentHashMap<>();
  private final AtomicIntegerArray shards = new AtomicIntegerArray(Shards.COUNT);

  /** Returns the log of a known room; null if the room is unknown. */
  @Nullable SharedLog get(String name) {
    Known known = rooms.get(name);
    return known == null ? null : known.log;
  }

  /** Returns true if a room is known, and then keeps it for another minute. */
  boolean isKnown(String name) {
    return rooms.computeIfPresent(
            name, (key, known) -> known.open ? known : new Known(known.log, false))
        != null;
  }

  /** Adds a room, unless it is already known. */
  void add(String name, Supplier<SharedLog> log) {
    rooms.computeIfAbsent(
        name,
        key -> {
          shards.incrementAndGet(Shards.of(name));
          return new Known(log.get(), false);
        });
  }

  /**
   * Opens a room.
   *
   * @param load creates the log of an unknown room
   * @param emptied see {@code RoomLogs.open}
   */
  SharedLog open(String name, Function<String, SharedLog> load, Runnable emptied) {
    Known open =
        rooms.compute(
            name,
            (key, known) -> {
              if (known == null) {
                shards.incrementAndGet(Shards.of(name));
              }
              SharedLog log = known == null ? load.apply(name) : known.log;
              log.opened(emptied);
              return new Known(log, true);
            });
    return open.log;
  }

  /** Closes a room, which stays known for a minute with another log. */
  void close(SharedLog closed, Supplier<SharedLog> successor) {
    rooms.computeIfPresent(
        closed.room().name(),
        (key, known) -> known.log == closed ? new Known(successor.get(), false) : known);
  }

  /** Returns all rooms, and forgets those that have been closed and unused for a minute. */
  List<SharedLog> all() {
    long now = System.nanoTime();
    List<SharedLog> all = new ArrayList<>(rooms.size());
    for (String name : rooms.keySet()) {
      Known known =
          rooms.computeIfPresent(
              name,
              (key, it) -> {
                if (it.open || now - it.sinceNanos < KEEP_NANOS) {
                  return it;
                }
                shards.decrementAndGet(Shards.of(name));
                return null;
              });
      if (known != null) {
        all.add(known.log);
      }
    }
    return all;
  }

  /** The shards of the known rooms. */
  BitSet shards() {
    BitSet some = new BitSet(Shards.COUNT);
    for (int i = 0; i < Shards.COUNT; i++) {
      some.set(i, shards.get(i) > 0);
    }
    return some;
  }
}
