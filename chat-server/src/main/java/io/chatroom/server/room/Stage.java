package io.chatroom.server.room;

/** One room's part of a {@link Lane}. Belongs to the lane's event loop. */
interface Stage {

  /** Appends its members' burst to the room's log. */
  void handOver();

  /** Gives its members the deliveries of this run. */
  void deliver();

  /** Reads again from the members that were held. */
  void resumeSenders();

  /** Runs a task when the room waits for no slow member any more. */
  void whenCaughtUp(Runnable task);
}
