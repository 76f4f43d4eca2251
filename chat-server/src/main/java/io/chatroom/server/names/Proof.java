package io.chatroom.server.names;

/** Whether a name was proved to be somebody's own. */
sealed interface Proof {

  /** It is this owner. */
  record Right(Owner owner) implements Proof {}

  /** It is not, or it may not try now. */
  record Wrong(Denial why) implements Proof {}
}
