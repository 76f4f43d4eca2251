package io.chatroom.protocol;

/**
 * How long a name and a message may be. Both are checked against the header alone, before a byte of
 * the payload is kept (P-08, P-22). Immutable: threads may share it.
 *
 * @param maxNameBytes the longest legal name, in bytes of UTF-8
 * @param maxMessageBytes the longest legal message, in bytes of UTF-8
 */
public record Limits(int maxNameBytes, int maxMessageBytes) {

  /** What a server should accept, and what a client may count on (P-08). */
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
