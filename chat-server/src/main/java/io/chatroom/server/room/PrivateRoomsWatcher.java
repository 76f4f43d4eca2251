package io.chatroom.server.room;

/**
 * Hears of private rooms: those that are in no list, and whose members are not counted. Called from
 * any thread while a room is being made or dropped: must return soon, and not call {@link Rooms}.
 */
public interface PrivateRoomsWatcher {

  /**
   * There is one more.
   *
   * @param used whether something has been said there
   */
  void made(String room, boolean used);

  /** Nobody is there, and nothing of it is kept. */
  void dropped(String room);
}
