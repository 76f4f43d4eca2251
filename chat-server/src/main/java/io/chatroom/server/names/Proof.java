package io.chatroom.server.names;

/** The result of an attempt to prove an ownership. */
sealed interface Proof {

  /** This owner has proved it. */
  record Right(Owner owner) implements Proof {}

  /** It was not proved, or the attempt was not allowed. */
  record Wrong(Denial why) implements Proof {}
}
