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
 * they were given: what is kept for them, who waits for them, and how they come back. Belongs to
 * its event loop.
 */
public interface Laggards {

  /** How many bytes one member is given at once, before the event loop turns to the others. */
  int ROUND_BYTES = 256 * 1024;

  /**
   * A newcomer has its turn in the room's order: what is said from here on is for it. Lets it
   * {@link Host#follow follow}, at once or when it has got what it missed.
   */
  void joined(Seat seat);

  /**
   * A round has been given to all who follow, except to those that follow no longer.
   *
   * @param round what was said; retained by those who keep it
   * @param fallen who has not taken the round before; does not outlive the call
   */
  void passed(List<Delivery> round, List<Seat> fallen);

  /** A member is about to leave: it is given nothing more, but may still have something to say. */
  void letGo(Seat seat);

  /** A member has left. */
  void left(Seat seat);

  /** Whether a member is one of them. */
  boolean contains(Seat seat);

  /** Runs a task once the room waits for none of them any more; now, if that is so. */
  void whenCaughtUp(Runnable task);

  /** Where they sit. */
  interface Host {

    /** The event loop that all of this belongs to. */
    EventLoop loop();

    /** A member has got everything so far: it is given what is said from here on. */
    void follow(Seat seat);

    /** Reads from the room's log, as {@link RoomLog#read} does. */
    CompletionStage<Slice> read(Position after, int limit);

    /** Gives a member what it had missed, less what it said itself, and sends it off. */
    void give(List<Delivery> what, Seat to);

    /** What slows those who talk in this room. */
    BackPressure pressure();

    /** Who counts. */
    LoopMetrics metrics();

    /** Whether bursts take more memory than they may. */
    boolean memoryIsTight();
  }
}
