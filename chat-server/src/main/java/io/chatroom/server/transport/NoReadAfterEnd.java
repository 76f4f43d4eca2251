package io.chatroom.server.transport;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;

/**
 * Stops read requests once the peer has ended its stream. There is nothing to read then, though
 * frames can still wait for their turn. Netty's epoll transport (4.2.18) has removed the socket
 * from its set by then and answers a read with an exception.
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
