package io.chatroom.client;

import io.chatroom.protocol.LengthHeader;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.SessionJson;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageCodec;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * Objects over TCP, as the client has it (S-03): what is written becomes a frame, and a frame that
 * came goes on as the bytes of its payload. A header that announces too much is refused from its
 * ten bytes alone. Nothing goes on behind what breaks a rule, nor a frame that the end of the
 * stream cuts short.
 */
final class SessionFrames extends ByteToMessageCodec<FromClient> {

  private final IntSupplier maxBytes;
  private boolean broken;

  /**
   * @param maxBytes how long a payload may be, asked for each
   */
  SessionFrames(IntSupplier maxBytes) {
    super(FromClient.class);
    this.maxBytes = maxBytes;
  }

  @Override
  protected void encode(ChannelHandlerContext ctx, FromClient object, ByteBuf out) {
    SessionJson.writeFrame(object, out);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws RuleBrokenException {
    if (broken) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (in.readableBytes() < LengthHeader.BYTES) {
      return;
    }
    long length = LengthHeader.parse(in, in.readerIndex());
    int limit = maxBytes.getAsInt();
    if (length == LengthHeader.MALFORMED || length > limit) {
      broken = true;
      throw new RuleBrokenException(
          length > limit
              ? "a frame has " + length + " bytes, expected at most " + limit
              : "what comes is no header of a frame");
    }
    if (in.readableBytes() >= LengthHeader.BYTES + length) {
      in.skipBytes(LengthHeader.BYTES);
      out.add(in.readRetainedSlice((int) length));
    }
  }

  /** Unlike the base class, which would ask once more: what is left is no frame. */
  @Override
  protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    in.skipBytes(in.readableBytes());
  }
}
