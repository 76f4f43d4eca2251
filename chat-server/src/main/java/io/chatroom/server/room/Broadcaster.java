package io.chatroom.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
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
 * <p>It follows its inbox and decides nothing. Each member costs one write a burst and one flush a
 * round; whoever does not keep up is not in {@link #followers} and costs nothing. {@link #post} and
 * {@link #wake} may be called from any thread, all else belongs to the loop.
 */
final class Broadcaster {

  /**
   * After so many bytes a round ends: members get what was written, and the loop gets to its I/O.
   */
  private static final int ROUND_BYTES = 256 * 1024;

  /** A loop that is so far behind the room slows the senders until it has caught up. */
  private static final int MAX_INBOX_BYTES = 4 * 1024 * 1024;

  private final EventLoop loop;
  private final BackPressure backPressure;
  private final Patience patience;
  private final Collector collector;

  /** Who receives what is said. */
  private final ChannelGroup followers;

  /** Who does not for now, because it has not kept up. */
  private final ChannelGroup skipped;

  private final Queue<Event> inbox = new ConcurrentLinkedQueue<>();
  private final AtomicInteger inboxBytes = new AtomicInteger();
  private final AtomicBoolean behind = new AtomicBoolean();
  private final AtomicBoolean awake = new AtomicBoolean();

  private final List<Channel> paused = new ArrayList<>();
  private long messages;
  private boolean stopping;

  Broadcaster(EventLoop loop, Room room, BackPressure backPressure, Patience patience) {
    this.loop = loop;
    this.backPressure = backPressure;
    this.patience = patience;
    this.collector = new Collector(loop, room);
    this.followers = new DefaultChannelGroup("followers", loop);
    this.skipped = new DefaultChannelGroup("skipped", loop);
  }

  EventLoop loop() {
    return loop;
  }

  BackPressure backPressure() {
    return backPressure;
  }

  Patience patience() {
    return patience;
  }

  /** How many messages have been brought to this loop's members since it started. */
  long messages() {
    return messages;
  }

  // ---- from members to the room

  /**
   * Takes a message from one of this loop's members. While the room asks for patience, its sender
   * is not read from any further.
   */
  void accept(Member sender, ByteBuf messageFrame) {
    if (stopping) {
      return;
    }
    collector.add(sender, messageFrame);
    if (backPressure.isOn() && sender.channel().config().isAutoRead()) {
      sender.channel().config().setAutoRead(false);
      paused.add(sender.channel());
    }
  }

  /** Reads again from those whom {@link #accept} has paused. From any thread. */
  void resumeSenders() {
    loop.execute(
        () -> {
          if (stopping) {
            return;
          }
          for (Channel sender : paused) {
            sender.config().setAutoRead(true);
          }
          paused.clear();
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
    int written = 0;
    while (written < ROUND_BYTES) {
      Event event = inbox.poll();
      if (event == null) {
        break;
      }
      written += follow(event);
    }
    if (written > 0) {
      followers.flush();
    }
    if (!inbox.isEmpty()) {
      wake();
    }
  }

  /** Does what an event asks for; the answer is how many bytes each member got to write. */
  private int follow(Event event) {
    if (event instanceof Burst burst) {
      return deliver(burst);
    }
    followers.add(((Arrival) event).member().channel());
    return 0;
  }

  private int deliver(Burst burst) {
    int size = burst.size();
    try {
      messages += burst.messages();
      // The group gives each member a duplicate of its own and releases the reference it is handed.
      followers.write(burst.bytes().retain(), channel -> !burst.isFrom(channel), true);
      for (Channel sender : burst.senders()) {
        if (followers.contains(sender)) {
          for (ByteBuf slice : burst.withoutThoseOf(sender)) {
            sender.write(slice, sender.voidPromise());
          }
        }
      }
    } finally {
      burst.release();
      if (inboxBytes.addAndGet(-size) <= MAX_INBOX_BYTES / 2 && behind.compareAndSet(true, false)) {
        backPressure.end();
      }
    }
    return size;
  }

  // ---- who does not keep up

  /**
   * From here on the member is skipped. What it was given already, whole messages, stays on its
   * way.
   */
  void skip(Member member) {
    followers.remove(member.channel());
    skipped.add(member.channel());
    // The flush at the end of this round is for followers, and what was written before it must go.
    loop.execute(member.channel()::flush);
  }

  /** From here on the member receives everything again. */
  void followAgain(Member member) {
    skipped.remove(member.channel());
    followers.add(member.channel());
  }

  // ---- the end

  /** From here on nothing more is accepted; what was, stands in the room's order. */
  boolean stopReading() {
    stopping = true;
    for (ChannelGroup members : List.of(followers, skipped)) {
      members.forEach(member -> member.config().setAutoRead(false));
    }
    collector.handOver();
    return true;
  }

  /** Delivers what is in the inbox; the answer is done when all of it has left for the network. */
  Future<Void> deliverAll() {
    do {
      deliverRound();
    } while (!inbox.isEmpty());
    return followers.writeAndFlush(Unpooled.EMPTY_BUFFER);
  }

  /**
   * Sends every member the end of its stream; the answer is done when all have closed theirs. A
   * member that has not taken all it was given is closed at once, which may cut its last message
   * short (P-19): there is nothing to wait for any more.
   */
  Future<Void> endStreams() {
    skipped.close();
    for (Channel member : followers) {
      if (member.unsafe().outboundBuffer().isEmpty()) {
        ((DuplexChannel) member).shutdownOutput();
        member.config().setAutoRead(true); // or its answer, the end of its own, is not seen
      } else {
        member.close();
      }
    }
    return followers.newCloseFuture();
  }
}
