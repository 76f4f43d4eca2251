package io.chatroom.server.names;

/** The answer to a hello or to a single request. */
public sealed interface Admission {

  /** Admitted. {@link People#leaves} must be called once, at the end. */
  record Admitted(Person person) implements Admission {}

  /** Refused; if its code is that of a bye, the connection ends. */
  record Denied(Denial why) implements Admission {}
}
