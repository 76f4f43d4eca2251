package io.chatroom.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/** Counts the bytes of one connection as the operating system accepts them. On its event loop. */
final class SentBytes extends ChannelOutboundHandlerAdapter {

  private long queued;
  private long taken;

  /** Bytes written, accepted or not. */
  long queued() {
    return queued;
  }

  /** Bytes that the operating system has accepted, in whole buffers. */
  long taken() {
    return taken;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    ChannelPromise done = promise.unvoid();
    if (message instanceof ByteBuf bytes) {
      int count = bytes.readableBytes();
      queued += count;
      // The first listener, so that later ones of the same write find it counted.
      done.addListener(
          written -> {
            if (written.isSuccess()) {
              taken += count;
            }
          });
    }
    ctx.write(message, done);
  }
}
