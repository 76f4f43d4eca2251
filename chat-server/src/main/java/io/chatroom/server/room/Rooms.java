package io.chatroom.server.room;

import io.chatroom.server.log.KeptRoom;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.RoomLogs;
import io.chatroom.server.log.Slice;
import io.chatroom.server.metrics.Metrics;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All rooms of a server, by name. A room exists from the first join until it has no member and its
 * log keeps nothing. Thread-safe.
 */
public final class Rooms implements Elsewhere.Here {

  private final ConcurrentMap<String, Room> rooms = new ConcurrentHashMap<>();
  private final List<Lane> lanes = new ArrayList<>();
  private final Map<EventExecutor, Lane> byLoop = new HashMap<>();
  private final RoomLogs logs;
  private final Elsewhere elsewhere;
  private final BurstMemory memory;

  /** Rooms that stay open without a member. */
  private final Set<String> keptOpen = ConcurrentHashMap.newKeySet(1);

  private final AtomicInteger privates = new AtomicInteger();
  private volatile @Nullable PrivateRoomsWatcher watcher;
  private volatile boolean closing;
  private volatile Consumer<String> whenGone = name -> {};

  /**
   * Opens the rooms that the logs keep.
   *
   * @param loops every event loop that will ever carry a member
   * @param logs keep the rooms' messages; closed with the rooms
   * @param burstBytes memory limit, in bytes, for all bursts that some member has not received yet
   * @param metrics counts messages and deliveries
   */
  public Rooms(Iterable<EventExecutor> loops, RoomLogs logs, long burstBytes, Metrics metrics) {
    this(loops, logs, Elsewhere.NOWHERE, burstBytes, metrics);
  }

  /**
   * Opens the rooms of a server whose rooms have members on other servers, too.
   *
   * @param elsewhere knows those members
   */
  public Rooms(
      Iterable<EventExecutor> loops,
      RoomLogs logs,
      Elsewhere elsewhere,
      long burstBytes,
      Metrics metrics) {
    this.logs = logs;
    this.elsewhere = elsewhere;
    this.memory = new BurstMemory(burstBytes);
    BackPressure everybody = new BackPressure(this::resumeSenders);
    for (EventExecutor loop : loops) {
      Lane lane = new Lane(lanes.size(), (EventLoop) loop, memory, everybody, metrics.ofLoop());
      lanes.add(lane);
      byLoop.put(loop, lane);
    }
    logs.slows(everybody::begin, everybody::end);
    logs.names().forEach(name -> rooms.put(name, open(name)));
  }

  /**
   * Reports private rooms to a watcher: first the existing ones, the longest quiet first, then each
   * that is created or dropped. Called once, before the first member joins.
   */
  public void watch(PrivateRoomsWatcher watcher) {
    this.watcher = watcher;
    rooms.entrySet().stream()
        .filter(room -> RoomLog.isPrivate(room.getKey()))
        .sorted(Comparator.comparing(room -> room.getValue().log().newestMillis()))
        .forEach(room -> watcher.made(room.getKey(), room.getValue().newest().seq() > 0));
  }

  @Override
  public Company here(String room) {
    Room found = rooms.get(room);
    return found == null ? Company.NOBODY : found.here();
  }

  @Override
  public void elsewhere(String room, Supplier<Company> now) {
    rooms.computeIfPresent(
        room,
        (name, open) -> {
          open.elsewhere(now.get());
          return open;
        });
  }

  @Override
  public List<String> openRooms() {
    return rooms.keySet().stream().filter(room -> !RoomLog.isPrivate(room)).toList();
  }

  /** The number of members on all servers. */
  public int allMembers() {
    return members() + elsewhere.members();
  }

  @Override
  public int members() {
    return lanes.stream().mapToInt(Lane::size).sum();
  }

  /** Returns true if messages survive a restart of the server. */
  public boolean areDurable() {
    return logs.areDurable();
  }

  /**
   * Loads what must be known of a room, as {@link RoomLogs#prepare} does. Must be called before a
   * room is joined or looked up.
   *
   * @return null if it is known now
   */
  public @Nullable CompletionStage<Void> prepare(String room) {
    CompletionStage<Void> log = logs.prepare(room);
    CompletionStage<Void> others = RoomLog.isPrivate(room) ? null : elsewhere.prepare(room);
    if (log == null || others == null) {
      return log == null ? others : log;
    }
    return CompletableFuture.allOf(log.toCompletableFuture(), others.toCompletableFuture());
  }

  /** Waits until a room has reached a position, as {@link RoomLogs#reach} does. */
  public @Nullable CompletionStage<Void> reach(String room, Position at) {
    return logs.reach(room, at);
  }

  /** Returns true if a room exists: it has a member or keeps a message. */
  public boolean contains(String room) {
    return rooms.containsKey(room) || logs.keeps(room);
  }

  /** The approximate number of rooms, including stored ones that have no member. */
  public int count(boolean isPrivate) {
    return Math.max(isPrivate ? privateRooms() : size(), logs.count(isPrivate));
  }

  /** The number of open rooms that are not private. */
  public int size() {
    return rooms.size() - privateRooms();
  }

  /** The number of open private rooms. */
  public int privateRooms() {
    return privates.get();
  }

  /** The position of a room's newest message; null if there is no such room. From any thread. */
  public @Nullable Position newest(String room) {
    Room found = rooms.get(room);
    return found == null ? null : found.newest();
  }

  /**
   * Reads the messages that a room keeps, as {@link RoomLog#read} does; null if there is no such
   * room. From any thread.
   */
  public @Nullable CompletionStage<Slice> read(String room, Position after, int limit) {
    Room found = rooms.get(room);
    return found == null ? null : found.log().read(after, limit);
  }

  /**
   * Rooms that are not private, ordered by the code points of their names.
   *
   * @param behind only rooms that come after this name; empty for all
   * @param limit maximum number of rooms
   * @return fails if the logs cannot tell for now
   */
  public CompletionStage<List<RoomSummary>> list(String behind, int limit) {
    CompletionStage<List<KeptRoom>> kept = logs.list(behind, limit);
    CompletionStage<List<Elsewhere.Listed>> others = elsewhere.list(behind, limit);
    if (kept == null && others == null) {
      return CompletableFuture.completedFuture(open(behind, limit));
    }
    kept = kept == null ? CompletableFuture.completedFuture(List.of()) : kept;
    others = others == null ? CompletableFuture.completedFuture(List.of()) : others;
    return kept.thenCombine(
        others, (rooms, crowded) -> merge(rooms, crowded, open(behind, limit), limit));
  }

  private List<RoomSummary> open(String behind, int limit) {
    TreeMap<String, Room> first = new TreeMap<>(CodePoints.ORDER);
    rooms.forEach(
        (name, room) -> {
          if (CodePoints.ORDER.compare(name, behind) > 0 && !RoomLog.isPrivate(name)) {
            first.put(name, room);
            if (first.size() > limit) {
              first.pollLastEntry();
            }
          }
        });
    return first.values().stream().map(Room::summary).toList();
  }

  /**
   * Merges the lists. An open room's own summary wins: it includes the members on other servers.
   */
  private static List<RoomSummary> merge(
      List<KeptRoom> kept, List<Elsewhere.Listed> others, List<RoomSummary> open, int limit) {
    TreeMap<String, RoomSummary> all = new TreeMap<>(CodePoints.ORDER);
    for (Elsewhere.Listed room : others) {
      all.put(room.room(), new RoomSummary(room.room(), room.members(), 0, null));
    }
    for (KeptRoom room : kept) {
      RoomSummary crowded = all.get(room.name());
      int members = crowded == null ? 0 : crowded.members();
      all.put(room.name(), new RoomSummary(room.name(), members, room.newest(), room.topic()));
    }
    for (RoomSummary room : open) {
      if (room.members() > 0 || room.newest() > 0) { // otherwise it is only kept open
        all.put(room.name(), room);
      }
    }
    return all.values().stream().limit(limit).toList();
  }

  /** The names of some members of rooms that are not private, each name once. */
  public List<String> names(int limit) {
    return rooms.entrySet().stream()
        .filter(room -> !RoomLog.isPrivate(room.getKey()))
        .flatMap(room -> room.getValue().names(limit).stream())
        .distinct()
        .limit(limit)
        .toList();
  }

  /** Memory of the messages that some member has not received yet, each counted once. */
  public long backlogBytes() {
    return memory.usedBytes();
  }

  /**
   * Lets a member join a room, which is created if needed. The member receives exactly the messages
   * that come after this call in the room's order. Called from the event loop of its channel.
   *
   * @param room the room's name
   * @param kind its encoding, and what happens to it when it does not keep up
   * @param nameFrame the member's name in the format of the seed protocol, as it precedes each of
   *     its messages; not copied, must not change
   */
  public Presence join(String room, Member member, Kind kind, byte[] nameFrame) {
    Lane lane = byLoop.get(member.channel().eventLoop());
    if (lane == null) {
      throw new IllegalArgumentException(
          "the member's event loop is not one of the rooms': " + member.channel());
    }
    Presence[] presence = new Presence[1];
    rooms.compute(
        room,
        (name, present) -> {
          Room joined = present == null ? open(name) : present;
          PrivateRoomsWatcher watched = watcher;
          if (present == null && watched != null && RoomLog.isPrivate(name)) {
            watched.made(name, joined.newest().seq() > 0);
          }
          presence[0] = new Presence(joined, joined.join(member, kind, nameFrame, lane));
          return joined;
        });
    return presence[0];
  }

  /**
   * Sets the callback for rooms that no longer exist and of which nothing is kept.
   *
   * @param gone receives their names if closed rooms are gone; called under a lock, from any
   *     thread, before a room of this name can be created again; must return soon and must not call
   *     the rooms
   */
  public void whenGone(Consumer<String> gone) {
    this.whenGone = gone;
  }

  /** The names of all rooms; null if there can be stored rooms that are not open. */
  public @Nullable List<String> roomNames() {
    return logs.closedAreGone() ? List.copyOf(rooms.keySet()) : null;
  }

  /**
   * Keeps a room open from here on, even without members, so that its state is known when a member
   * joins. Does nothing if all stored rooms are open anyway. Blocks; must not be called from an
   * event loop.
   *
   * @throws IOException if the room cannot be loaded for now
   */
  public void keepOpen(String room) throws IOException {
    if (logs.closedAreGone() || !keptOpen.add(room)) {
      return;
    }
    try {
      CompletionStage<Void> known = prepare(room);
      if (known != null) {
        known.toCompletableFuture().join();
      }
      rooms.computeIfAbsent(room, this::open);
    } catch (CompletionException e) {
      keptOpen.remove(room);
      throw new IOException("the room " + room + " cannot be looked up", e.getCause());
    }
  }

  private Room open(String name) {
    if (RoomLog.isPrivate(name)) {
      privates.incrementAndGet();
    }
    return new Room(name, lanes.size(), logs, elsewhere, () -> dropIfUnused(name));
  }

  private void dropIfUnused(String name) {
    rooms.computeIfPresent(
        name,
        (key, room) -> {
          if (!room.isUnused() || keptOpen.contains(name)) {
            return room;
          }
          room.close();
          boolean isGone = logs.closedAreGone();
          if (isGone && !closing) {
            whenGone.accept(name);
          }
          if (RoomLog.isPrivate(name)) {
            privates.decrementAndGet();
            PrivateRoomsWatcher watched = watcher;
            if (isGone && watched != null) {
              watched.dropped(name);
            }
          }
          return null;
        });
  }

  private void resumeSenders() {
    for (Lane lane : lanes) {
      lane.loop().execute(lane::resumeSenders);
    }
  }

  // ---- the end

  /** Lets no more connections become members. */
  public void closeDoor() {
    closing = true;
  }

  /** Returns true if no more connections become members. */
  public boolean isClosing() {
    return closing;
  }

  /**
   * Drains and closes the rooms. Stops reading from members, delivers every accepted message, ends
   * every member's stream and gives it time to close. Connections that are left are cut off when
   * the event loops are closed. Blocks; must not be called from an event loop.
   *
   * @param flush time limit for members to receive their messages
   * @param goodbye time limit for members to close after that
   */
  public void close(Duration flush, Duration goodbye) {
    closeDoor();
    long flushed = System.nanoTime() + flush.toNanos();
    onEveryLoop(Lane::stopReading, flushed);
    logs.settle(Duration.ofNanos(Math.max(0, flushed - System.nanoTime())));
    await(onEveryLoop(Lane::deliverAll, flushed), flushed);
    long gone = System.nanoTime() + goodbye.toNanos();
    await(onEveryLoop(Lane::sayGoodbye, gone), gone);
    logs.close();
  }

  /**
   * Runs a step on every loop. Returns the results of the loops that have run it by the deadline.
   */
  private <T> List<T> onEveryLoop(Function<Lane, T> step, long deadlineNanos) {
    List<Future<T>> running = new ArrayList<>();
    for (Lane lane : lanes) {
      running.add(lane.loop().submit(() -> step.apply(lane)));
    }
    await(running, deadlineNanos);
    return running.stream().filter(Future::isSuccess).map(Future::getNow).toList();
  }

  private static void await(List<? extends Future<?>> futures, long deadlineNanos) {
    for (Future<?> future : futures) {
      future.awaitUninterruptibly(Math.max(0, deadlineNanos - System.nanoTime()) / 1_000_000);
    }
  }
}
