package io.chatroom.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * A decoder that passes nothing on while the channel's {@code autoRead} is off. One read can bring
 * many frames; the rest of them wait here. A subclass must decode nothing unless {@link #isRead}.
 *
 * <p>After {@code autoRead} is turned on again, the caller must fire a read of an empty buffer
 * through the pipeline, so that the waiting frames go on. The end of the stream, a {@link
 * ChannelInputShutdownEvent} if half-closure is allowed, waits behind them: once the peer has ended
 * its stream, a transport may read everything even without {@code autoRead}. {@link #END_WAITS}
 * reports that. When the channel closes, waiting bytes are dropped.
 */
public abstract class PausableDecoder extends ByteToMessageDecoder {

  /**
   * The event that is fired if the peer has ended its stream while earlier frames still wait here.
   * The event of the end itself follows after them.
   */
  public static final Object END_WAITS =
      new Object() {
        @Override
        public String toString() {
          return "END_WAITS";
        }
      };

  /** Remaining bytes that fill at most 1/4 of their buffer move to a smaller one. */
  private static final int SHRINK = 4;

  /** The event of the end of the stream, while earlier frames wait. */
  private @Nullable Object end;

  /** True if frames can be passed on. */
  protected static boolean isRead(ChannelHandlerContext ctx) {
    return ctx.channel().config().isAutoRead();
  }

  /**
   * The memory of the bytes that wait for the rest of a frame, or for reading to resume. This is
   * the capacity of the buffer, because that is what matters when memory is short.
   */
  public final int waitingBytes() {
    return internalBuffer().capacity();
  }

  @Override
  public final void channelRead(ChannelHandlerContext ctx, Object bytes) throws Exception {
    super.channelRead(ctx, bytes);
    if (end != null && isRead(ctx)) {
      Object itsTurn = end;
      end = null;
      super.userEventTriggered(ctx, itsTurn);
    }
  }

  @Override
  public final void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    ByteBuf rest = internalBuffer();
    if (rest.isReadable() && rest.readableBytes() <= rest.capacity() / SHRINK) {
      // A few bytes must not keep a large buffer alive.
      super.channelRead(ctx, ctx.alloc().directBuffer(rest.readableBytes()).writeBytes(rest));
    }
    if (isRead(ctx)) {
      super.channelReadComplete(ctx);
    } else {
      ctx.fireChannelReadComplete(); // the base class would read on, because it has passed on no
      // frame
    }
  }

  @Override
  public final void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof ChannelInputShutdownEvent && !isRead(ctx)) {
      end = event;
      ctx.fireUserEventTriggered(END_WAITS);
    } else {
      super.userEventTriggered(ctx, event);
    }
  }
}
