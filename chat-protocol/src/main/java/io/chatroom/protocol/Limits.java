package io.chatroom.protocol;

/**
 * The maximum sizes of names and messages. Both are checked in the header, before any of the
 * payload is kept (P-08, P-22). Immutable: threads may share it.
 *
 * @param maxNameBytes maximum size of a name, in bytes of UTF-8
 * @param maxMessageBytes maximum size of a message, in bytes of UTF-8
 */
public record Limits(int maxNameBytes, int maxMessageBytes) {

  /** The limits that a server should accept, and that a client can rely on (P-08). */
  public static final Limits DEFAULT = new Limits(128, 65_536);

  /**
   * @throws IllegalArgumentException if a limit is negative
   */
  public Limits {
    if (maxNameBytes < 0 || maxMessageBytes < 0) {
      throw new IllegalArgumentException(
          "limits must not be negative: " + maxNameBytes + ", " + maxMessageBytes);
    }
  }
}
