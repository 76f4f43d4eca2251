package io.chatroom.client.bench;

/**
 * The deliveries that one member has received since the start mark. Confined to the member's event
 * loop.
 */
sealed interface Tally permits ByteCounter, Checker, SessionTally {

  /** Returns how many messages this member must receive. */
  long expected(Goal goal);

  /** Returns how many it has received, including surplus ones. */
  long received(Goal goal);

  /** Returns true if there is nothing left to wait for. */
  default boolean complete(Goal goal) {
    return received(goal) >= expected(goal);
  }

  /** Returns the faults, assuming that nothing more comes. */
  Faults faults(Goal goal);
}
