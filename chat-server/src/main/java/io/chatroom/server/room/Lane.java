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
 * deliver. The task runs right after the loop's I/O: first everything that was read goes into the
 * order of its room, then everything that has come is given to members. So under load a burst grows
 * by itself, and when little happens it waits for nothing.
 *
 * <p>It also keeps the members of its loop, and how they all come to an end. {@link #post}, {@link
 * #wake} and {@link #size} may be called from any thread, all else belongs to the loop.
 */
final class Lane {

  /** A loop that is further behind slows those who talk until it has caught up. */
  private static final int MAX_INBOX_BYTES = 4 * 1024 * 1024;

  private static final AttributeKey<Guest> GUEST = AttributeKey.valueOf(Lane.class, "guest");

  /** A member, and in how many rooms it sits. */
  private static final class Guest {

    private final Member member;
    private int seats;

    /** Those of them that make it one of the members of the server. */
    private int counted;

    Guest(Member member) {
      this.member = member;
    }
  }

  private final int number;
  private final EventLoop loop;
  private final BurstMemory memory;
  private final BackPressure everybody;
  private final LoopMetrics metrics;

  /** The open channels of this loop whose members sit in a room, or have. */
  private final ChannelGroup members;

  /** How many of them sit in one that counts. */
  private final AtomicInteger seated = new AtomicInteger();

  /** The rooms that have members here. */
  private final Set<Stage> stages = new LinkedHashSet<>();

  private final Queue<Event> inbox = new ConcurrentLinkedQueue<>();
  private final AtomicInteger inboxBytes = new AtomicInteger();
  private final AtomicBoolean behind = new AtomicBoolean();
  private final AtomicBoolean awake = new AtomicBoolean();

  /** The rooms in which something was said since the last run. */
  private final List<Stage> talking = new ArrayList<>();

  /** The rooms for which something has come in this run. */
  private final List<Stage> hearing = new ArrayList<>();

  // What a delivery needs for a moment, for all rooms of the lane.
  private final List<Seat> fallen = new ArrayList<>();
  private final Pieces whole = new Pieces();
  private final Pieces others = new Pieces();
  private long rounds;

  private boolean stopping;

  /**
   * @param everybody what slows all who talk, in every room
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

  /** How many members sit in a room that counts, each counted once. From any thread. */
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
   * It takes a seat in one room more.
   *
   * @param counts whether members who sit there are counted
   */
  void enter(Seat seat, boolean counts) {
    Member member = seat.member();
    Attribute<Guest> attribute = member.channel().attr(GUEST);
    Guest guest = attribute.get();
    if (guest == null) {
      guest = new Guest(member);
      attribute.set(guest);
      members.add(member.channel());
    }
    guest.seats++;
    if (counts && !seat.visits() && guest.counted++ == 0) {
      seated.incrementAndGet();
    }
  }

  /**
   * It leaves one of its seats; as {@link #enter}. A visitor that has left its last one has gone,
   * and another may come over the same connection; unless that is about to close.
   */
  void leave(Seat seat, boolean counts) {
    Channel channel = seat.member().channel();
    Guest guest = channel.attr(GUEST).get();
    guest.seats--;
    if (counts && !seat.visits() && --guest.counted == 0) {
      seated.decrementAndGet();
    }
    if (guest.seats == 0 && seat.visits() && !stopping) {
      channel.attr(GUEST).set(null);
      members.remove(channel);
    }
  }

  void add(Stage stage) {
    stages.add(stage);
  }

  void remove(Stage stage) {
    stages.remove(stage);
  }

  /** Something was said in a room for the first time since the last run. */
  void talks(Stage stage) {
    talking.add(stage);
    wake();
  }

  /** Something has come for a room for the first time in this run. */
  void hears(Stage stage) {
    hearing.add(stage);
  }

  /**
   * Puts an event into the inbox. A room calls it under its lock, which is what makes all lanes
   * agree on its order.
   */
  void post(Event event) {
    // Counted before the loop can see it, so that the count never falls below zero.
    if (inboxBytes.addAndGet(event.bytes()) > MAX_INBOX_BYTES
        && behind.compareAndSet(false, true)) {
      everybody.begin();
    }
    inbox.add(event);
  }

  /** An event of this size has been dealt with. */
  void done(int bytes) {
    if (inboxBytes.addAndGet(-bytes) <= MAX_INBOX_BYTES / 2 && behind.compareAndSet(true, false)) {
      everybody.end();
    }
  }

  /** Makes sure that the loop looks into its inbox. */
  void wake() {
    if (awake.compareAndSet(false, true)) {
      loop.execute(this::run);
    }
  }

  /** The same, if there is something in it. */
  void wakeIfBehind() {
    if (!inbox.isEmpty()) {
      wake();
    }
  }

  private void run() {
    try {
      handOver();
    } finally {
      awake.set(false); // from here on somebody who posts has to wake it again
    }
    try {
      int bytes = 0;
      while (bytes < Laggards.ROUND_BYTES) { // then the loop gets to its I/O
        Event event = inbox.poll();
        if (event == null) {
          break;
        }
        bytes += event.bytes();
        event.happen();
      }
      while (!hearing.isEmpty()) {
        hearing.remove(hearing.size() - 1).deliver();
      }
    } finally { // should one room fail, the others have their turn in the next run
      if (!inbox.isEmpty() || !hearing.isEmpty() || !talking.isEmpty()) {
        wake();
      }
    }
  }

  private void handOver() {
    while (!talking.isEmpty()) {
      talking.remove(talking.size() - 1).handOver();
    }
  }

  void resumeSenders() {
    List.copyOf(stages).forEach(Stage::resumeSenders);
  }

  // ---- the end

  boolean isStopping() {
    return stopping;
  }

  /** From here on nothing more is accepted; what was, stands in the order of its room. */
  boolean stopReading() {
    stopping = true;
    members.forEach(channel -> member(channel).stop());
    handOver();
    return true;
  }

  /**
   * Delivers what is in the inbox; the answer is done when all of it has left for the network, but
   * for members that lag.
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

  /** Says goodbye to every member; the answer is done when all have gone. */
  Future<Void> sayGoodbye() {
    for (Channel channel : members) {
      member(channel).sayGoodbye();
    }
    return members.newCloseFuture();
  }

  private static Member member(Channel channel) {
    return channel.attr(GUEST).get().member;
  }
}
