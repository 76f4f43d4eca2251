package io.chatroom.server.carrier;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Netty's decoder of WebSocket frames, which behaves like the {@link
 * io.chatroom.protocol.FrameDecoder} where a client is not read from: not one more frame goes on,
 * and the end of the stream waits behind them. What breaks the rules is final, and what follows it
 * is dropped. One instance serves one connection.
 */
final class WebSocketDecoder extends WebSocket13FrameDecoder {

  /** A rest of at most this part of its buffer moves to one of its own size. */
  private static final int SHRINK = 4;

  private long frames;
  private boolean broken;

  /** The end of the stream, while frames before it wait. */
  private @Nullable Object end;

  /**
   * @param rules of {@link #rules}
   */
  WebSocketDecoder(WebSocketDecoderConfig rules) {
    super(rules);
  }

  /**
   * What is demanded of all clients.
   *
   * @param longest how many bytes a frame may have, decided from its header
   */
  static WebSocketDecoderConfig rules(int longest) {
    return WebSocketDecoderConfig.newBuilder()
        .expectMaskedFrames(true)
        .allowMaskMismatch(false)
        .allowExtensions(false)
        .maxFramePayloadLength(longest)
        .closeOnProtocolViolation(false)
        .build();
  }

  /** How many frames it has passed on. */
  long frames() {
    return frames;
  }

  /** How much memory it holds for the rest of a frame to come, or for reading to go on. */
  int waitingBytes() {
    return internalBuffer().capacity();
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (broken) {
      in.skipBytes(in.readableBytes());
    } else if (isRead(ctx)) {
      int before = out.size();
      try {
        super.decode(ctx, in, out);
      } catch (CorruptedWebSocketFrameException e) {
        broken = true;
        in.skipBytes(in.readableBytes());
        throw e;
      }
      frames += out.size() - before;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object bytes) throws Exception {
    super.channelRead(ctx, bytes);
    if (end != null && isRead(ctx)) {
      Object itsTurn = end;
      end = null;
      super.userEventTriggered(ctx, itsTurn);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
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
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof ChannelInputShutdownEvent && !isRead(ctx)) {
      end = event;
    } else {
      super.userEventTriggered(ctx, event);
    }
  }

  private static boolean isRead(ChannelHandlerContext ctx) {
    return ctx.channel().config().isAutoRead();
  }
}
