package io.chatroom.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToByteEncoder;

/**
 * Encodes a text, a name or a message, as a frame. Half of a surrogate pair has no UTF-8 and
 * becomes {@code ?}. Limits are not checked, because the server sets them; use {@link
 * #payloadBytes} before.
 */
@Sharable
public final class FrameEncoder extends MessageToByteEncoder<CharSequence> {

  /** Makes an encoder for any number of connections. */
  public FrameEncoder() {
    super(CharSequence.class);
  }

  /** The size of a text as a payload, in bytes. */
  public static int payloadBytes(CharSequence text) {
    return ByteBufUtil.utf8Bytes(text);
  }

  @Override
  protected ByteBuf allocateBuffer(
      ChannelHandlerContext ctx, CharSequence text, boolean preferDirect) {
    return ctx.alloc().ioBuffer(LengthHeader.BYTES + payloadBytes(text));
  }

  @Override
  protected void encode(ChannelHandlerContext ctx, CharSequence text, ByteBuf out) {
    LengthHeader.write(out, payloadBytes(text));
    ByteBufUtil.writeUtf8(out, text);
  }
}
