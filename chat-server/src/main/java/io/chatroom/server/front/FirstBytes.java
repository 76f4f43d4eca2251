package io.chatroom.server.front;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.ProtocolDetectionState;
import java.nio.charset.StandardCharsets;

/** The prefix that identifies a protocol. Immutable. */
public final class FirstBytes {

  private final ByteBuf expected;

  private FirstBytes(ByteBuf expected) {
    this.expected = Unpooled.unreleasableBuffer(expected.asReadOnly());
  }

  /**
   * Makes a prefix.
   *
   * @param text one character for each byte (ISO 8859-1)
   */
  public static FirstBytes of(String text) {
    return new FirstBytes(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
  }

  /** Detects whether the bytes begin with this prefix; the first different byte rules it out. */
  public ProtocolDetectionState of(ByteBuf bytes) {
    int known = Math.min(bytes.readableBytes(), expected.readableBytes());
    for (int i = 0; i < known; i++) {
      if (bytes.getByte(bytes.readerIndex() + i) != expected.getByte(i)) {
        return ProtocolDetectionState.INVALID;
      }
    }
    return known == expected.readableBytes()
        ? ProtocolDetectionState.DETECTED
        : ProtocolDetectionState.NEEDS_MORE_DATA;
  }
}
