package io.chatroom.server.room;

/**
 * Called when private rooms are created and dropped: those that are in no list and whose members
 * are not counted. Called from any thread, while the room is being created or dropped: must return
 * soon, and must not call {@link Rooms}.
 */
public interface PrivateRoomsWatcher {

  /**
   * Called when a private room was created.
   *
   * @param used true if the room has, or had, a message
   */
  void made(String room, boolean used);

  /** Called when a private room was dropped: it has no members and keeps no messages. */
  void dropped(String room);
}
