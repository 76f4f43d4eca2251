package io.chatroom.protocol;

/**
 * The violations for which the connection of a peer is closed: the table in {@code PROTOCOL.md},
 * section 5. No other connection is affected. Constants, for any thread.
 */
public enum Violation {
  /** The ten bytes of a header are not spaces, digits, spaces (P-21). */
  MALFORMED_HEADER(
      "malformed-header", "10 bytes of optional spaces, 1 to 10 digits, optional spaces"),
  /** The header of a registration announces more than {@link Limits#maxNameBytes()} (P-22). */
  NAME_TOO_LONG("name-too-long", "a name within the limit"),
  /** The header of a message announces more than {@link Limits#maxMessageBytes()} (P-22). */
  MESSAGE_TOO_LONG("message-too-long", "a message within the limit"),
  /** A name or a message is not UTF-8 (P-23). */
  INVALID_UTF8("invalid-utf8", "valid UTF-8"),
  /** The registration was not complete in time (P-12). */
  REGISTRATION_TIMEOUT("registration-timeout", "a complete registration in time"),
  /** A frame was not complete in time (P-13). */
  FRAME_TIMEOUT("frame-timeout", "the rest of it in time"),
  /** Below the protocol: the connection is not encrypted, but the server requires TLS. */
  PLAIN_TEXT("plain-text", "TLS, as this server demands it"),
  /** Below the protocol: the TLS handshake failed, or TLS failed after it. */
  TLS_FAILED("tls-failed", "TLS 1.3 or 1.2 in order"),
  /** Beside the protocol: a WebSocket frame is broken or not text. */
  WEBSOCKET("websocket-failed", "a WebSocket's text messages within the limit");

  private final String code;
  private final String expected;

  Violation(String code, String expected) {
    this.code = code;
    this.expected = expected;
  }

  /** A stable name for logs and metrics: lower case, words joined by hyphens. */
  public String code() {
    return code;
  }

  /** The correct form, as the end of a sentence after "expected". */
  public String expected() {
    return expected;
  }
}
