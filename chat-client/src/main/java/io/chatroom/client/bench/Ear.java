package io.chatroom.client.bench;

/** What one member has heard since the start mark. Confined to the member's event loop. */
sealed interface Ear permits ByteCounter, Checker, SessionEar {

  /** How many messages are for this member. */
  long expected(Goal goal);

  /** How many came; too many count too. */
  long heard(Goal goal);

  /** Whether nothing more has to be waited for. */
  default boolean complete(Goal goal) {
    return heard(goal) >= expected(goal);
  }

  /** What went wrong, if nothing more comes. */
  Faults faults(Goal goal);
}
