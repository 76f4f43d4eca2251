package io.chatroom.server.names;

/** The result of a proof of ownership. */
sealed interface Proof {

  /** It was proved by this owner. */
  record Right(Owner owner) implements Proof {}

  /** It was not proved, or not allowed to be tried now. */
  record Wrong(Denial why) implements Proof {}
}
