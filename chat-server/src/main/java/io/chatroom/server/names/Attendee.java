package io.chatroom.server.names;

import io.chatroom.protocol.session.RoomName;

/** Somebody who is here, as those who keep order reach it. From any thread. */
public interface Attendee {

  /** Who it is: its name and its client are always the same. */
  Person person();

  /** Ends its connection, and says why if there is a word for that. */
  void putOut(Denial why);

  /**
   * Takes it out of a room, if it is there.
   *
   * @param text one sentence for people
   */
  void putOutOf(RoomName room, String text);
}
