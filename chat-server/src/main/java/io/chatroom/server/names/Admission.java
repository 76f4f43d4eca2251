package io.chatroom.server.names;

/** What becomes of somebody who asks to come in. */
public sealed interface Admission {

  /** Comes in. {@link People#leaves} must be called in the end, once. */
  record Admitted(Person person) implements Admission {}

  /** Does not come in; where the code is one of a bye, its connection ends. */
  record Denied(Denial why) implements Admission {}
}
