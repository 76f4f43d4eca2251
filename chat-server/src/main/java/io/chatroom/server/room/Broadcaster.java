package io.chatroom.server.room;

import io.chatroom.server.metrics.LoopMetrics;
import io.chatroom.server.room.Intake.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Brings the room's order to the members of one event loop: the only class that writes chat to
 * anybody.
 *
 * <p>It follows its inbox and decides nothing. Whoever keeps up, a <em>follower</em>, costs one
 * write a burst and one flush a round. Whoever has not taken all of the round before is given
 * nothing more until it has, and is then brought up by {@link SlowMembers}. {@link #post} and
 * {@link #wake} may be called from any thread, all else belongs to the loop.
 */
final class Broadcaster {

  /**
   * After so many bytes a round ends: members get what was written, and the loop gets to its I/O.
   */
  static final int ROUND_BYTES = 256 * 1024;

  /** A loop that is so far behind the room slows the senders until it has caught up. */
  private static final int MAX_INBOX_BYTES = 4 * 1024 * 1024;

  private final EventLoop loop;
  private final BackPressure backPressure;
  private final LoopMetrics metrics;
  private final Collector collector;

  /** All members of this loop. */
  private final ChannelGroup members;

  /** Those of them who are given what is said when it is said. A follower knows its place here. */
  private final List<Member> followers = new ArrayList<>();

  private final SlowMembers slowMembers;

  private final Queue<Event> inbox = new ConcurrentLinkedQueue<>();
  private final AtomicInteger inboxBytes = new AtomicInteger();
  private final AtomicBoolean behind = new AtomicBoolean();
  private final AtomicBoolean awake = new AtomicBoolean();

  /** What this round brings. Empty between rounds. */
  private final List<Burst> round = new ArrayList<>();

  /** Who has not taken the round before this one. Empty between rounds. */
  private final List<Member> fallen = new ArrayList<>();

  private final List<Intake> paused = new ArrayList<>();
  private boolean stopping;

  Broadcaster(
      EventLoop loop,
      Room room,
      BacklogPolicy policy,
      BurstMemory memory,
      BackPressure backPressure,
      Patience patience,
      RoomLog log,
      LoopMetrics metrics) {
    this.loop = loop;
    this.backPressure = backPressure;
    this.metrics = metrics;
    this.collector = new Collector(loop, room, memory, metrics);
    this.members = new DefaultChannelGroup("members", loop);
    this.slowMembers = new SlowMembers(this, policy, memory, backPressure, patience, log, metrics);
  }

  EventLoop loop() {
    return loop;
  }

  /** How many members it has. From any thread. */
  int size() {
    return members.size();
  }

  // ---- from members to the room

  /**
   * Takes a message from one of this loop's members. While the room asks for patience, its sender
   * is not read from any further.
   *
   * @return whether it was taken; it is not any more when the room closes
   */
  boolean accept(Member sender, ByteBuf messageFrame) {
    if (stopping) {
      sender.spokeTooLate();
      return false;
    }
    sender.doesNotHear(sender.nameFrame().length + messageFrame.readableBytes());
    collector.add(sender, messageFrame);
    if (backPressure.isOn() && !sender.intake().isStoppedFor(Reason.ROOM)) {
      sender.intake().stop(Reason.ROOM);
      paused.add(sender.intake());
    }
    return true;
  }

  /** Reads again from those whom {@link #accept} has paused. From any thread. */
  void resumeSenders() {
    loop.execute(
        () -> {
          List<Intake> resumed = List.copyOf(paused);
          paused.clear(); // first: a sender that is read from again may be paused again at once
          resumed.forEach(intake -> intake.resume(Reason.ROOM));
        });
  }

  // ---- from the room to members

  /**
   * Puts an event into the inbox. Called under the room's lock, which is what makes all inboxes
   * agree.
   */
  void post(Event event) {
    // Counted before the loop can see it, so that the count never falls below zero.
    if (event instanceof Burst burst
        && inboxBytes.addAndGet(burst.size()) > MAX_INBOX_BYTES
        && behind.compareAndSet(false, true)) {
      backPressure.begin();
    }
    inbox.add(event);
  }

  /** Makes sure that the loop looks into its inbox. */
  void wake() {
    if (awake.compareAndSet(false, true)) {
      loop.execute(this::deliverRound);
    }
  }

  private void deliverRound() {
    awake.set(false);
    try {
      int bytes = 0;
      while (bytes < ROUND_BYTES) {
        Event event = inbox.poll();
        if (event == null) {
          break;
        } else if (event instanceof Burst burst) {
          round.add(burst);
          bytes += burst.size();
        } else {
          deliver(); // what came before a newcomer is not for it
          Member newcomer = ((Arrival) event).member();
          members.add(newcomer.channel());
          newcomer.doesNotHear(slowMembers.place());
          follow(newcomer);
        }
      }
      deliver();
    } finally {
      if (!inbox.isEmpty()) {
        wake();
      }
    }
  }

  private void deliver() {
    if (round.isEmpty()) {
      return;
    }
    try {
      for (int i = 0; i < followers.size(); i++) { // the hot loop: no iterator, no group, no map
        Member follower = followers.get(i);
        if (follower.hasTakenAll()) {
          give(follower);
        } else {
          fallen.add(follower);
        }
      }
      fallen.forEach(this::unfollow);
      count();
      slowMembers.grow(round, fallen);
    } finally {
      round.forEach(this::done);
      round.clear();
      fallen.clear();
    }
  }

  /** Tells what the followers were given: for each the round, less what it said itself. */
  private void count() {
    long messages = 0;
    long bytes = 0;
    for (Burst burst : round) {
      messages += (long) burst.messages() * followers.size();
      bytes += (long) burst.size() * followers.size();
      for (Burst.Segment said : burst.segments()) {
        if (said.sender().follows(this)) {
          messages -= said.messages();
          bytes -= said.to() - said.from();
        }
      }
    }
    metrics.delivered(messages, bytes);
  }

  private void done(Burst burst) {
    int size = burst.size();
    burst.release();
    if (inboxBytes.addAndGet(-size) <= MAX_INBOX_BYTES / 2 && behind.compareAndSet(true, false)) {
      backPressure.end();
    }
  }

  /** Gives a member this round, most often one burst, and sends it off. */
  private void give(Member member) {
    int last = round.size() - 1;
    for (int i = 0; i < last; i++) {
      write(round.get(i), member);
    }
    Burst burst = round.get(last);
    if (burst.isFrom(member)) {
      write(burst, member);
      member.out().flush();
    } else {
      member.out().writeAndFlush(burst.bytes().retainedDuplicate(), member.out().voidPromise());
    }
  }

  /** Gives a member that has fallen behind what is for it. It leaves with the next flush. */
  void bringUp(Burst burst, Member to) {
    write(burst, to);
    int messages = burst.messages();
    int bytes = burst.size();
    for (Burst.Segment said : burst.segments()) {
      if (said.sender() == to) {
        messages -= said.messages();
        bytes -= said.to() - said.from();
      }
    }
    metrics.delivered(messages, bytes);
  }

  private static void write(Burst burst, Member to) {
    ChannelHandlerContext out = to.out();
    if (!burst.isFrom(to)) {
      out.write(burst.bytes().retainedDuplicate(), out.voidPromise());
      return;
    }
    for (ByteBuf slice : burst.withoutThoseOf(to)) {
      out.write(slice, out.voidPromise());
    }
  }

  // ---- who does not keep up, and who leaves

  /** The answer is done when a member's channel has taken all that was written to it. */
  ChannelFuture taken(Member member) {
    return member.out().writeAndFlush(Unpooled.EMPTY_BUFFER);
  }

  /** A member has got everything that is for it so far: from the next round on it follows. */
  void follow(Member member) {
    if (member.listens()) {
      member.followsAt(followers.size());
      followers.add(member);
    }
  }

  /** It is given nothing more, for now or for good. */
  private void unfollow(Member member) {
    int place = member.place();
    if (place < 0) {
      return;
    }
    Member last = followers.remove(followers.size() - 1);
    if (last != member) {
      followers.set(place, last);
      last.followsAt(place);
    }
    member.followsAt(-1);
  }

  /** It is about to leave, and is given nothing more. */
  void letGo(Member member) {
    unfollow(member);
    slowMembers.letGo(member);
  }

  /** It has left. */
  void leave(Member member) {
    unfollow(member);
    slowMembers.remove(member);
  }

  // ---- the end

  /** From here on nothing more is accepted; what was, stands in the room's order. */
  boolean stopReading() {
    stopping = true;
    members.forEach(member -> Member.of(member).intake().stop(Reason.STOPPING));
    collector.handOver();
    return true;
  }

  /**
   * Delivers what is in the inbox; the answer is done when all of it has left for the network, but
   * for members that lag.
   */
  Future<Void> deliverAll() {
    do {
      deliverRound();
    } while (!inbox.isEmpty());
    Promise<Void> left = loop.newPromise();
    slowMembers.whenCaughtUp(
        () ->
            members
                .writeAndFlush(
                    Unpooled.EMPTY_BUFFER, member -> !slowMembers.contains(Member.of(member)))
                .addListener(done -> left.trySuccess(null)));
    return left;
  }

  /**
   * Sends every member the end of its stream; the answer is done when all have closed theirs. A
   * member that has not taken all it was given is closed at once, which may cut its last message
   * short (P-19): there is nothing to wait for any more. So is one that has still something to say,
   * because it was delayed for its rate.
   */
  Future<Void> endStreams() {
    for (Channel channel : members) {
      Member member = Member.of(channel);
      if (!member.listens() || member.intake().isStoppedFor(Reason.RATE)) {
        Abort.close(channel); // a FIN would say that all it sent was read (P-20)
      } else if (!slowMembers.contains(member) && member.hasTakenAll()) {
        member.intake().drain(); // or its answer, the end of its own, is not seen
        if (member.hasSpokenTooLate()) {
          Abort.close(channel); // for the same reason: what it said had been read, and waited here
        } else {
          member.endStream();
        }
      } else {
        channel.close();
      }
    }
    return members.newCloseFuture();
  }
}
