package io.chatroom.server.names;

/** The answer to a request for a code for another device. */
public sealed interface Link {

  /**
   * A code that replaces a token once. It is not in {@link #toString}.
   *
   * @param seconds how long it is valid
   */
  record Code(String code, long seconds) implements Link {

    @Override
    public String toString() {
      return "Code[seconds=" + seconds + "]";
    }
  }

  /** The request was refused. */
  record Refused(Denial why) implements Link {}
}
