package io.chatroom.server.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Stands on the listening channel and closes one connection too many as soon as it is accepted.
 * Everything of this endpoint runs on one thread, so a plain count does.
 */
final class OpenConnections extends ChannelInboundHandlerAdapter {

  private final int most;
  private int open;

  OpenConnections(int most) {
    this.most = most;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object accepted) {
    Channel connection = (Channel) accepted;
    if (open >= most) {
      connection.unsafe().closeForcibly();
      return;
    }
    open++;
    connection.closeFuture().addListener(closed -> open--);
    ctx.fireChannelRead(connection);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // Nothing was accepted, for want of file descriptors; Netty tries again in a second, and the
    // room, which runs out of them as well, says so.
  }
}
