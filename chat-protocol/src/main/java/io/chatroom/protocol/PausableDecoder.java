package io.chatroom.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * A decoder from which nothing goes on while the channel's {@code autoRead} is off, though a read
 * may have brought many frames: they wait here. A subclass decodes nothing unless {@link #isRead}.
 *
 * <p>Whoever turns {@code autoRead} on again must let a read of nothing, an empty buffer, go
 * through the pipeline, so that they go on. The end of the stream, a {@link
 * ChannelInputShutdownEvent} where half-closure is allowed, waits behind them: a transport may read
 * all there is once the peer has ended its stream, whether that was asked for or not; that it does
 * so is told by {@link #END_WAITS}. When the channel closes, what waits is dropped.
 */
public abstract class PausableDecoder extends ByteToMessageDecoder {

  /**
   * The event that tells that the peer has ended its stream, while frames before the end still wait
   * here. The end itself follows when they have gone on.
   */
  public static final Object END_WAITS =
      new Object() {
        @Override
        public String toString() {
          return "END_WAITS";
        }
      };

  /** A rest of at most this part of its buffer moves to one of its own size. */
  private static final int SHRINK = 4;

  /** The end of the stream, while frames before it wait. */
  private @Nullable Object end;

  /** Whether frames may go on. */
  protected static boolean isRead(ChannelHandlerContext ctx) {
    return ctx.channel().config().isAutoRead();
  }

  /**
   * How much memory it holds: for the rest of a frame to come, or for reading to go on. The size of
   * a buffer and not of what is in it, as that is what counts where memory is short.
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
      // A few bytes do not keep the large buffer that they were read into.
      super.channelRead(ctx, ctx.alloc().directBuffer(rest.readableBytes()).writeBytes(rest));
    }
    if (isRead(ctx)) {
      super.channelReadComplete(ctx);
    } else {
      ctx.fireChannelReadComplete(); // the base class would read on, as no frame has come of it
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
