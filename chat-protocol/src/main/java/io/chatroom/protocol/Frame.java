package io.chatroom.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.DefaultByteBufHolder;
import java.nio.charset.StandardCharsets;

/**
 * One header and its payload, exactly as received: a server relays these bytes and never formats
 * its own (P-15). The payload is valid UTF-8 and within the limits; {@link FrameDecoder} makes no
 * others.
 *
 * <p>Reference-counted: whoever takes a frame from the pipeline releases it.
 */
public final class Frame extends DefaultByteBufHolder {

  /**
   * @param bytes header and payload; the frame takes over the reference
   */
  Frame(ByteBuf bytes) {
    super(bytes);
  }

  /** Header and payload, as received. The same as {@link #content()}, under its own name. */
  public ByteBuf bytes() {
    return content();
  }

  /** The payload as text: a copy, for logs and for people. */
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
