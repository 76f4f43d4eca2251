package io.chatroom.server.room;

import io.chatroom.server.log.Position;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.Slice;
import io.chatroom.server.metrics.LoopMetrics;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Looks after the members of one kind, in one room and on one event loop, that have not taken all
 * they were given. It decides what is kept for them, how long senders wait for them, and how they
 * catch up. Belongs to its event loop.
 */
public interface Laggards {

  /** Maximum number of bytes that one member gets before the event loop turns to the others. */
  int ROUND_BYTES = 256 * 1024;

  /**
   * Called when a newcomer's turn in the room's order has come: it gets the messages from here on.
   * Lets it {@link Host#follow follow}, at once or when it has received what it missed.
   */
  void joined(Seat seat);

  /**
   * Called when a round has been given to all followers but the fallen.
   *
   * @param round its deliveries; an implementation that keeps one must retain it
   * @param fallen members that have not taken the previous round; valid only during the call
   */
  void passed(List<Delivery> round, List<Seat> fallen);

  /** Stops deliveries to a member that is about to leave. It can still post. */
  void stopDeliveries(Seat seat);

  /** Called when a member has left. */
  void left(Seat seat);

  /** Returns true if a member lags. */
  boolean contains(Seat seat);

  /** Runs a task once the room waits for no laggard any more, which can be now. */
  void whenCaughtUp(Runnable task);

  /** The part of a room that they belong to. */
  interface Host {

    /** The event loop that all of this belongs to. */
    EventLoop loop();

    /** Lets a member that has caught up receive live messages again. */
    void follow(Seat seat);

    /** Reads from the room's log, as {@link RoomLog#read} does. */
    CompletionStage<Slice> read(Position after, int limit);

    /** Sends a member what it missed, without its own messages. */
    void give(List<Delivery> what, Seat to);

    /** Slows the senders of this room. */
    BackPressure pressure();

    /** The counters of this event loop. */
    LoopMetrics metrics();

    /** Returns true if bursts take more memory than the limit. */
    boolean memoryIsTight();
  }
}
