package io.chatroom.server.room;

/** One room's part of a {@link Lane}. Belongs to the lane's event loop. */
interface Stage {

  /** Puts what its members have said, and what was gathered until now, into the room's order. */
  void handOver();

  /** Gives its members what has come for them, and forgets it. */
  void deliver();

  /** Reads again from those who had to wait. */
  void resumeSenders();

  /** Runs a task when the room waits for none of its slow members any more. */
  void whenCaughtUp(Runnable task);
}
