package io.chatroom.server.names;

import io.chatroom.protocol.session.RoomName;

/** A present person, for moderation. Called from any thread. */
public interface Attendee {

  /** The person; their name and client never change. */
  Person person();

  /** Ends the connection, with the reason if the protocol can express one. */
  void disconnect(Denial why);

  /**
   * Removes the person from a room, if they are there.
   *
   * @param text the reason, one sentence for people
   */
  void removeFrom(RoomName room, String text);
}
