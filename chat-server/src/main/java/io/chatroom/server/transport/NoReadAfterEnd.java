package io.chatroom.server.transport;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;

/**
 * Asks the transport for nothing more once the peer has ended its stream. There is nothing to read
 * then, though frames may still wait for their turn; and Netty's epoll transport, which has taken
 * the socket out of its set by then, answers such a wish with an exception (4.2.18).
 */
@Sharable
public final class NoReadAfterEnd extends ChannelOutboundHandlerAdapter {

  @Override
  public void read(ChannelHandlerContext ctx) {
    if (!(ctx.channel() instanceof DuplexChannel channel) || !channel.isInputShutdown()) {
      ctx.read();
    }
  }
}
