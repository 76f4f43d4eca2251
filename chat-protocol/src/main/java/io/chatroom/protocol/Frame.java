package io.chatroom.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.DefaultByteBufHolder;
import java.nio.charset.StandardCharsets;

/**
 * One header and its payload, exactly as received: a server relays these bytes and never formats
 * its own (P-15). {@link FrameDecoder} has checked that the payload is valid UTF-8 and within the
 * limits.
 *
 * <p>Reference-counted: the handler that consumes a frame must release it.
 */
public final class Frame extends DefaultByteBufHolder {

  /**
   * @param bytes header and payload; the frame takes over the reference
   */
  Frame(ByteBuf bytes) {
    super(bytes);
  }

  /** Header and payload, as received. The same as {@link #content()}. */
  public ByteBuf bytes() {
    return content();
  }

  /** A copy of the payload as text, for logs and people. */
  public String text() {
    ByteBuf bytes = content();
    return bytes.toString(
        bytes.readerIndex() + LengthHeader.BYTES,
        bytes.readableBytes() - LengthHeader.BYTES,
        StandardCharsets.UTF_8);
  }

  @Override
  public Frame replace(ByteBuf content) {
    return new Frame(content);
  }
}
