package io.chatroom.server.room;

import io.chatroom.server.metrics.LoopMetrics;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One event loop's part of all rooms: one inbox and one task, however many rooms have something to
 * deliver. The task runs right after the loop's I/O. First it appends what was read to the logs of
 * the rooms, then it delivers what has arrived in the inbox. So bursts grow by themselves under
 * load, and on an idle server nothing waits.
 *
 * <p>It also keeps the members of its loop and closes them in the end. {@link #post}, {@link #wake}
 * and {@link #size} can be called from any thread; all else belongs to the loop.
 */
final class Lane {

  /** A loop with more bytes in its inbox slows all senders until it has caught up. */
  private static final int MAX_INBOX_BYTES = 4 * 1024 * 1024;

  private static final AttributeKey<Occupant> OCCUPANT =
      AttributeKey.valueOf(Lane.class, "occupant");

  /** A member, and the number of its seats. */
  private static final class Occupant {

    private final Member member;
    private int seats;

    /** The seats in rooms whose members are counted. */
    private int counted;

    Occupant(Member member) {
      this.member = member;
    }
  }

  private final int number;
  private final EventLoop loop;
  private final BurstMemory memory;
  private final BackPressure everybody;
  private final LoopMetrics metrics;

  /** The open channels of this loop whose members have, or had, a seat. */
  private final ChannelGroup members;

  /** The number of members with a seat in a room whose members are counted. */
  private final AtomicInteger seated = new AtomicInteger();

  /** The rooms that have members here. */
  private final Set<Stage> stages = new LinkedHashSet<>();

  private final Queue<Event> inbox = new ConcurrentLinkedQueue<>();
  private final AtomicInteger inboxBytes = new AtomicInteger();
  private final AtomicBoolean behind = new AtomicBoolean();
  private final AtomicBoolean awake = new AtomicBoolean();

  /** Rooms with a burst to append in the next run. */
  private final List<Stage> collecting = new ArrayList<>();

  /** Rooms with deliveries in this run. */
  private final List<Stage> delivering = new ArrayList<>();

  // Scratch space of a delivery, shared by all rooms of the lane.
  private final List<Seat> fallen = new ArrayList<>();
  private final Pieces whole = new Pieces();
  private final Pieces others = new Pieces();
  private long rounds;

  private boolean stopping;

  /**
   * @param everybody slows all senders, in every room
   */
  Lane(
      int number, EventLoop loop, BurstMemory memory, BackPressure everybody, LoopMetrics metrics) {
    this.number = number;
    this.loop = loop;
    this.memory = memory;
    this.everybody = everybody;
    this.metrics = metrics;
    this.members = new DefaultChannelGroup("members", loop);
  }

  int number() {
    return number;
  }

  EventLoop loop() {
    return loop;
  }

  BurstMemory memory() {
    return memory;
  }

  BackPressure everybody() {
    return everybody;
  }

  LoopMetrics metrics() {
    return metrics;
  }

  /**
   * The number of members in rooms whose members are counted, each counted once. From any thread.
   */
  int size() {
    return seated.get();
  }

  boolean isHomeOf(Seat seat) {
    return seat.lane() == number;
  }

  List<Seat> fallen() {
    return fallen;
  }

  Pieces whole() {
    return whole;
  }

  Pieces others() {
    return others;
  }

  long nextRound() {
    return ++rounds;
  }

  /**
   * Adds a seat to a member.
   *
   * @param counts true if the room's members are counted
   */
  void enter(Seat seat, boolean counts) {
    Member member = seat.member();
    Attribute<Occupant> attribute = member.channel().attr(OCCUPANT);
    Occupant occupant = attribute.get();
    if (occupant == null) {
      occupant = new Occupant(member);
      attribute.set(occupant);
      members.add(member.channel());
    }
    occupant.seats++;
    if (counts && !seat.visits() && occupant.counted++ == 0) {
      seated.incrementAndGet();
    }
  }

  /**
   * Removes a seat from a member; as {@link #enter}. When a visitor has left its last seat, its
   * connection can carry another member, unless the server is stopping.
   */
  void leave(Seat seat, boolean counts) {
    Channel channel = seat.member().channel();
    Occupant occupant = channel.attr(OCCUPANT).get();
    occupant.seats--;
    if (counts && !seat.visits() && --occupant.counted == 0) {
      seated.decrementAndGet();
    }
    if (occupant.seats == 0 && seat.visits() && !stopping) {
      channel.attr(OCCUPANT).set(null);
      members.remove(channel);
    }
  }

  void add(Stage stage) {
    stages.add(stage);
  }

  void remove(Stage stage) {
    stages.remove(stage);
  }

  /** Called for the first message in a room since the last run. */
  void hasBurst(Stage stage) {
    collecting.add(stage);
    wake();
  }

  /** Called for the first delivery to a room in this run. */
  void hasDeliveries(Stage stage) {
    delivering.add(stage);
  }

  /**
   * Puts an event into the inbox. A room calls this under its lock, so that all lanes agree on the
   * order.
   */
  void post(Event event) {
    // Counted before the loop can see the event, so that the count never falls below zero.
    if (inboxBytes.addAndGet(event.bytes()) > MAX_INBOX_BYTES
        && behind.compareAndSet(false, true)) {
      everybody.begin();
    }
    inbox.add(event);
  }

  /** Called when an event of this size has been handled. */
  void done(int bytes) {
    if (inboxBytes.addAndGet(-bytes) <= MAX_INBOX_BYTES / 2 && behind.compareAndSet(true, false)) {
      everybody.end();
    }
  }

  /** Makes sure that the loop handles its inbox. */
  void wake() {
    if (awake.compareAndSet(false, true)) {
      loop.execute(this::run);
    }
  }

  /** Like {@link #wake}, unless the inbox is empty. */
  void wakeIfBehind() {
    if (!inbox.isEmpty()) {
      wake();
    }
  }

  private void run() {
    try {
      handOver();
    } finally {
      awake.set(false); // a later event must wake the loop again
    }
    try {
      int bytes = 0;
      while (bytes < Laggards.ROUND_BYTES) { // then the loop does its I/O
        Event event = inbox.poll();
        if (event == null) {
          break;
        }
        bytes += event.bytes();
        event.happen();
      }
      while (!delivering.isEmpty()) {
        delivering.remove(delivering.size() - 1).deliver();
      }
    } finally { // if one room fails, the next run serves the others
      if (!inbox.isEmpty() || !delivering.isEmpty() || !collecting.isEmpty()) {
        wake();
      }
    }
  }

  private void handOver() {
    while (!collecting.isEmpty()) {
      collecting.remove(collecting.size() - 1).handOver();
    }
  }

  void resumeSenders() {
    List.copyOf(stages).forEach(Stage::resumeSenders);
  }

  // ---- the end

  boolean isStopping() {
    return stopping;
  }

  /** Stops accepting messages. Those that were accepted are in the order of their room. */
  boolean stopReading() {
    stopping = true;
    members.forEach(channel -> member(channel).stop());
    handOver();
    return true;
  }

  /**
   * Delivers everything in the inbox. The future completes when all of it has left for the network,
   * except what lagging members have not taken.
   */
  Future<Void> deliverAll() {
    do {
      run();
    } while (!inbox.isEmpty());
    Promise<Void> left = loop.newPromise();
    Countdown caughtUp = new Countdown(stages.size(), () -> flushAll(left));
    List.copyOf(stages).forEach(stage -> stage.whenCaughtUp(caughtUp::down));
    return left;
  }

  private void flushAll(Promise<Void> left) {
    members
        .writeAndFlush(Unpooled.EMPTY_BUFFER, channel -> !member(channel).lags())
        .addListener(done -> left.trySuccess(null));
  }

  /** Says goodbye to every member. The future completes when all have disconnected. */
  Future<Void> sayGoodbye() {
    for (Channel channel : members) {
      member(channel).sayGoodbye();
    }
    return members.newCloseFuture();
  }

  private static Member member(Channel channel) {
    return channel.attr(OCCUPANT).get().member;
  }
}
