package io.chatroom.server.names;

/** The answer to somebody who asks to come in. */
public sealed interface Admission {

  /** Admitted. {@link People#leaves} must be called once, at the end. */
  record Admitted(Person person) implements Admission {}

  /** Refused; if the code is one of a bye, the connection ends. */
  record Denied(Denial why) implements Admission {}
}
