package io.chatroom.server.names;

import io.chatroom.protocol.session.RoomName;

/** A present person, as moderation reaches them. From any thread. */
public interface Attendee {

  /** Who it is; the name and the client never change. */
  Person person();

  /** Ends the connection, with the reason if the protocol can express one. */
  void putOut(Denial why);

  /**
   * Removes it from a room, if it is there.
   *
   * @param text one sentence for people
   */
  void putOutOf(RoomName room, String text);
}
