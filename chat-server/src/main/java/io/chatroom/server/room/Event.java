package io.chatroom.server.room;

/** What stands in the inbox of a {@link Lane}. */
interface Event {

  /** How much memory waits with it. */
  int bytes();

  /** It has its turn. Called once, from the lane's event loop. */
  void happen();
}
