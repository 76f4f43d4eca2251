package io.chatroom.server.room;

/** An entry in the inbox of a {@link Lane}. */
interface Event {

  /** The memory that it holds while it waits. */
  int bytes();

  /** Handles the event. Called once, on the lane's event loop. */
  void happen();
}
