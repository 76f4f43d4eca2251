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
 * Objects over TCP, on the client's side (S-03): writes each object as a frame, and passes on the
 * payload of each received frame. A header that announces too much is refused before its payload is
 * read. Nothing is passed on after a violation, nor a frame that the end of the stream cuts short.
 */
final class SessionFrames extends ByteToMessageCodec<FromClient> {

  private final IntSupplier maxBytes;
  private boolean broken;

  /**
   * @param maxBytes supplies the maximum size of the next payload
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
              : "the header of a frame is malformed");
    }
    if (in.readableBytes() >= LengthHeader.BYTES + length) {
      in.skipBytes(LengthHeader.BYTES);
      out.add(in.readRetainedSlice((int) length));
    }
  }

  /** Unlike the base class, does not decode once more: the rest is not a frame. */
  @Override
  protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    in.skipBytes(in.readableBytes());
  }
}
