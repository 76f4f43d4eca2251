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
 * All rooms of a server, by name. A room is there from the first join until it has no member and
 * its log keeps nothing. Thread-safe.
 */
public final class Rooms implements Elsewhere.Here {

  private final ConcurrentMap<String, Room> rooms = new ConcurrentHashMap<>();
  private final List<Lane> lanes = new ArrayList<>();
  private final Map<EventExecutor, Lane> byLoop = new HashMap<>();
  private final RoomLogs logs;
  private final Elsewhere elsewhere;
  private final BurstMemory memory;

  /** Those that stay open though nobody is in them. */
  private final Set<String> keptOpen = ConcurrentHashMap.newKeySet(1);

  private final AtomicInteger privates = new AtomicInteger();
  private volatile @Nullable PrivateRoomsWatcher watcher;
  private volatile boolean closing;
  private volatile Consumer<String> gone = name -> {};

  /**
   * Makes the place where rooms are.
   *
   * @param loops every event loop that will ever carry a member
   * @param logs where rooms keep what is said; closed with the rooms
   * @param burstBytes how much memory all bursts together may take that not everybody has got yet
   * @param metrics who counts what is said and heard
   */
  public Rooms(Iterable<EventExecutor> loops, RoomLogs logs, long burstBytes, Metrics metrics) {
    this(loops, logs, Elsewhere.NOWHERE, burstBytes, metrics);
  }

  /**
   * The same where rooms have members on other servers, too.
   *
   * @param elsewhere who knows them
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
   * Tells of private rooms: of those that are there, the one first in which nothing was said for
   * longest, and of all that come and go. Called once, before the first member joins.
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

  /** How many members there are on all servers. */
  public int allMembers() {
    return members() + elsewhere.members();
  }

  @Override
  public int members() {
    return lanes.stream().mapToInt(Lane::size).sum();
  }

  /** Whether what has been said there survives the server. */
  public boolean areDurable() {
    return logs.areDurable();
  }

  /**
   * Gets to know a room, as {@link RoomLogs#prepare} does. Must be called before a room is joined,
   * or looked for.
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

  /** Waits until a room has come to a place, as {@link RoomLogs#reach} does. */
  public @Nullable CompletionStage<Void> reach(String room, Position at) {
    return logs.reach(room, at);
  }

  /** Whether a room is there: somebody is in it, or it keeps a message. */
  public boolean contains(String room) {
    return rooms.containsKey(room) || logs.keeps(room);
  }

  /** About how many rooms there are, those included that are kept though nobody is in them. */
  public int count(boolean isPrivate) {
    return Math.max(isPrivate ? privateRooms() : size(), logs.count(isPrivate));
  }

  /** How many rooms are open that are not private. */
  public int size() {
    return rooms.size() - privateRooms();
  }

  /** How many private ones there are. */
  public int privateRooms() {
    return privates.get();
  }

  /** Where the order of a room ends now; null if there is no such room. From any thread. */
  public @Nullable Position newest(String room) {
    Room found = rooms.get(room);
    return found == null ? null : found.newest();
  }

  /**
   * Reads what a room keeps, as {@link RoomLog#read} does; null if there is no such room. From any
   * thread.
   */
  public @Nullable CompletionStage<Slice> read(String room, Position after, int limit) {
    Room found = rooms.get(room);
    return found == null ? null : found.log().read(after, limit);
  }

  /**
   * Some rooms that are not private, in the order of the code points of their names.
   *
   * @param behind only those behind this name; empty for all
   * @param limit how many at most
   * @return failed where logs cannot tell for now
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

  /** Who is in an open room on other servers is known there. */
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
      if (room.members() > 0 || room.newest() > 0) { // else it is only kept open
        all.put(room.name(), room);
      }
    }
    return all.values().stream().limit(limit).toList();
  }

  /** The names of some members of all rooms that are not private, each name once. */
  public List<String> names(int limit) {
    return rooms.entrySet().stream()
        .filter(room -> !RoomLog.isPrivate(room.getKey()))
        .flatMap(room -> room.getValue().names(limit).stream())
        .distinct()
        .limit(limit)
        .toList();
  }

  /** How much memory messages take that not everybody has got yet, each counted once. */
  public long backlogBytes() {
    return memory.usedBytes();
  }

  /**
   * Lets a member into a room, which is made if it is not there. The member hears exactly the
   * messages that come behind this call in the room's order. Called from the event loop of its
   * channel.
   *
   * @param room the room's name
   * @param kind what it gets, and what becomes of it when it does not keep up
   * @param nameFrame the member's name as it goes over the seed's wire in front of each of its
   *     messages; not copied, must not change
   */
  public Presence join(String room, Member member, Kind kind, byte[] nameFrame) {
    Lane lane = byLoop.get(member.channel().eventLoop());
    if (lane == null) {
      throw new IllegalArgumentException(
          "an event loop that is not the room's: " + member.channel());
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
   * Tells of rooms that are not there any more, and of which nothing is kept.
   *
   * @param gone gets their names, if closed rooms are gone; called under a lock, from any thread,
   *     before a room of this name can be made anew; must return soon and not call the rooms
   */
  public void whenGone(Consumer<String> gone) {
    this.gone = gone;
  }

  /** The names of all rooms, where all that are kept are open; null where that is not so. */
  public @Nullable List<String> roomNames() {
    return logs.closedAreGone() ? List.copyOf(rooms.keySet()) : null;
  }

  /**
   * Keeps a room open from here on, also while nobody is in it, so that it is known to who comes.
   * Needs nothing where all rooms are known. Blocks; not to be called from an event loop.
   *
   * @throws IOException if it cannot be known for now
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
            gone.accept(name);
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

  /** No connection becomes a member from here on. */
  public void closeDoor() {
    closing = true;
  }

  /** Whether no connection becomes a member any more. */
  public boolean isClosing() {
    return closing;
  }

  /**
   * Delivers what was accepted, then says goodbye: no more is read from members, what was read is
   * written out, then every member gets the end of its stream and a moment to answer it. What is
   * left when the time is up is cut off when the event loops are closed. Blocks; not to be called
   * from an event loop.
   *
   * @param flush how long members may take to receive what is theirs
   * @param goodbye how long they may take to close after that
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

  /** Runs a step on every loop; the answers are of those that have run it by the deadline. */
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
