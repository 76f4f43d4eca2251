package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer;
import io.chatroom.server.names.Pair;

/** A session of an owned name, as all others see it. From any thread. */
interface NamedSession {

  /** Tells it something that concerns its name. */
  void tell(FromServer object);

  /** Its name was read up to here by a session on another server. */
  void isRead(String room, long seq);

  /**
   * Something is about to be said in a private room of its name.
   *
   * @param from where the room's order ends before that
   */
  void hear(Pair pair, long from);
}
