package io.chatroom.server.names;

/** What becomes of somebody who asks for a code for another device. */
public sealed interface Link {

  /**
   * A code that stands for a token, once. It is not in {@link #toString}.
   *
   * @param seconds for how long
   */
  record Code(String code, long seconds) implements Link {

    @Override
    public String toString() {
      return "Code[seconds=" + seconds + "]";
    }
  }

  /** There is none. */
  record Refused(Denial why) implements Link {}
}
