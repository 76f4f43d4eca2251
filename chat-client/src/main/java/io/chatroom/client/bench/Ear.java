package io.chatroom.client.bench;

/** What one member has heard since the start mark. Confined to the member's event loop. */
sealed interface Ear permits ByteCounter, Checker, SessionEar {

  /** How many messages are for this member. */
  long expected(Goal goal);

  /** How many came, including surplus ones. */
  long heard(Goal goal);

  /** Whether there is nothing left to wait for. */
  default boolean complete(Goal goal) {
    return heard(goal) >= expected(goal);
  }

  /** The faults, if nothing more comes. */
  Faults faults(Goal goal);
}
