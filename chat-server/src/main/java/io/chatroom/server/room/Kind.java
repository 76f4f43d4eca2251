package io.chatroom.server.room;

/**
 * A kind of members: what they get, and what becomes of those that do not keep up. One instance
 * stands for one kind, in all rooms; it is what a surface registers with the rooms. Thread-safe.
 */
public interface Kind {

  /** How they get what is said. Always the same instance. */
  Encoding encoding();

  /**
   * Makes who looks after those of them who sit in one room on one event loop and do not keep up.
   *
   * @param host where they sit
   */
  Laggards laggards(Laggards.Host host);

  /**
   * Whether they are visitors: they hear and say what members do, but are not in the list of
   * members, nor in their number, and nobody is told that they come and go.
   */
  default boolean visits() {
    return false;
  }
}
