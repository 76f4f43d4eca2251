package io.chatroom.client.conformance;

import java.nio.charset.StandardCharsets;

/** A frame that a {@link ReferenceServer} has received. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ReferenceFrame(byte[] header, byte[] payload) {

  static ReferenceFrame of(byte[] payload) {
    return new ReferenceFrame(
        "%-10d".formatted(payload.length).getBytes(StandardCharsets.US_ASCII), payload);
  }

  String text() {
    return new String(payload, StandardCharsets.UTF_8);
  }

  /** A violation, which closes the connection. */
  static final class Violation extends Exception {
    Violation(String message) {
      super(message);
    }
  }
}
