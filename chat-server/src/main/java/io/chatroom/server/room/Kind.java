package io.chatroom.server.room;

/**
 * A kind of members: their encoding, and what happens to those that do not keep up. There is one
 * instance for each kind, for all rooms; a surface registers it with the rooms. Thread-safe.
 */
public interface Kind {

  /** Their encoding. Always the same instance. */
  Encoding encoding();

  /**
   * Creates the laggards of one room on one event loop.
   *
   * @param host their room on that event loop
   */
  Laggards laggards(Laggards.Host host);

  /**
   * Returns true if these members are visitors. Visitors post and receive like members, but they
   * are not in the list of members nor in their number, and nobody is notified when they join or
   * leave.
   */
  default boolean visits() {
    return false;
  }
}
