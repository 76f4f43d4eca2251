package io.chatroom.server.room;

import io.chatroom.server.metrics.Metrics;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The one place that decides order and membership.
 *
 * <p>Everything that happens in the room stands in one order: bursts of messages and the arrival of
 * members. The order is made by {@link #append} and {@link #join} under one short lock, which puts
 * an event into the inbox of every {@link Broadcaster} it concerns; so every event loop, and with
 * it every member, follows the same sequence. Nothing is delivered here, and nothing is delivered
 * that did not pass here.
 *
 * <p>Thread-safe. A member's methods are called from the event loop of its channel.
 */
public final class Room {

  private final Object order = new Object();
  private final BackPressure backPressure = new BackPressure(this::resumeSenders);
  private final List<Broadcaster> broadcasters = new ArrayList<>();
  private final Map<EventExecutor, Broadcaster> byLoop = new HashMap<>();
  private final BurstMemory memory;
  private volatile boolean closing;

  /**
   * @param loops every event loop that will ever carry a member
   * @param policy who pays for slow members
   * @param log where it tells of them
   * @param metrics who counts what is said and heard
   */
  public Room(Iterable<EventExecutor> loops, BacklogPolicy policy, RoomLog log, Metrics metrics) {
    memory = new BurstMemory(policy.roomBytes());
    Patience patience =
        new Patience(policy.patience(), loops.iterator().next().ticker().nanoTime());
    for (EventExecutor loop : loops) {
      Broadcaster broadcaster =
          new Broadcaster(
              (EventLoop) loop,
              this,
              policy,
              memory,
              backPressure,
              patience,
              log,
              metrics.ofLoop());
      broadcasters.add(broadcaster);
      byLoop.put(loop, broadcaster);
    }
  }

  /** How many members there are. */
  public int members() {
    return broadcasters.stream().mapToInt(Broadcaster::size).sum();
  }

  /** How much memory messages take that not everybody has got yet, each counted once. */
  public long backlogBytes() {
    return memory.usedBytes();
  }

  /** From here on nobody becomes a member. */
  public void closeDoor() {
    closing = true;
  }

  /** Whether it takes no members any more. */
  public boolean isClosing() {
    return closing;
  }

  /**
   * Makes a connection a member. It receives exactly the messages that come after this call in the
   * room's order.
   *
   * @param out the connection, and where the room writes to it: what is written goes through the
   *     handlers in front of this one, such as encryption, and passes all others by. Called from
   *     its event loop. The member leaves by being closed
   * @param name who it is, for people; need not be unique
   * @param nameFrame the name as it goes over the wire in front of each of its messages; copied
   */
  public Member join(ChannelHandlerContext out, String name, ByteBuf nameFrame) {
    return join(out, Outlet.DIRECT, name, nameFrame);
  }

  /**
   * The same for a connection on which what is written does not go to the channel at once.
   *
   * @param outlet what becomes of it there
   */
  public Member join(ChannelHandlerContext out, Outlet outlet, String name, ByteBuf nameFrame) {
    Broadcaster broadcaster = byLoop.get(out.channel().eventLoop());
    if (broadcaster == null) {
      throw new IllegalArgumentException("an event loop that is not the room's: " + out.channel());
    }
    Member member = new Member(out, outlet, name, nameFrame, broadcaster);
    synchronized (order) {
      broadcaster.post(new Arrival(member));
    }
    broadcaster.wake();
    return member;
  }

  /**
   * Puts a burst behind everything that was appended before. The room takes over the caller's
   * reference.
   */
  void append(Burst burst) {
    synchronized (order) {
      for (Broadcaster broadcaster : broadcasters) {
        broadcaster.post(burst.retain());
      }
    }
    burst.release();
    for (Broadcaster broadcaster : broadcasters) {
      broadcaster.wake();
    }
  }

  /**
   * Delivers what was accepted, then says goodbye: no more is read from members, what was read is
   * written out, then every member gets the end of its stream and a moment to answer it. What is
   * left when the time is up is cut off by whoever closes the event loops. Blocks; not to be called
   * from an event loop.
   *
   * @param flush how long members may take to receive what is theirs
   * @param goodbye how long they may take to close after that
   */
  public void close(Duration flush, Duration goodbye) {
    closeDoor();
    long flushed = System.nanoTime() + flush.toNanos();
    onEveryLoop(Broadcaster::stopReading, flushed);
    await(onEveryLoop(Broadcaster::deliverAll, flushed), flushed);
    long gone = System.nanoTime() + goodbye.toNanos();
    await(onEveryLoop(Broadcaster::endStreams, gone), gone);
  }

  private void resumeSenders() {
    for (Broadcaster broadcaster : broadcasters) {
      broadcaster.resumeSenders();
    }
  }

  /** Runs a step on every loop; the answers are of those that have run it by the deadline. */
  private <T> List<T> onEveryLoop(Function<Broadcaster, T> step, long deadlineNanos) {
    List<Future<T>> running = new ArrayList<>();
    for (Broadcaster broadcaster : broadcasters) {
      running.add(broadcaster.loop().submit(() -> step.apply(broadcaster)));
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
