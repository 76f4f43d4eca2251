package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer;
import io.chatroom.server.names.Pair;

/** A session as other sessions of the same owned name see it. Thread-safe. */
interface NamedSession {

  /** Sends an object that concerns the name. */
  void tell(FromServer object);

  /** A session of the name on another server has moved the read mark of a room. */
  void isRead(String room, long seq);

  /**
   * A message is about to be posted in a private room of the name: joins it.
   *
   * @param from the last sequence number before the post
   */
  void join(Pair pair, long from);
}
