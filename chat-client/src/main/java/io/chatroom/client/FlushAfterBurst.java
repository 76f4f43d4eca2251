package io.chatroom.client;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/**
 * Batches writes: the first write schedules a flush, which the event loop runs after the writes
 * that are queued by then. A single message goes out at once; thousands share a few system calls.
 *
 * <p>One instance serves one connection. An explicit flush is not delayed.
 */
final class FlushAfterBurst extends ChannelOutboundHandlerAdapter {

  private boolean flushQueued;

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    ctx.write(message, promise);
    if (!flushQueued) {
      flushQueued = true;
      ctx.executor()
          .execute(
              () -> {
                flushQueued = false;
                ctx.flush();
              });
    }
  }
}
