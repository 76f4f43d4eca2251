package io.chatroom.server.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Sits on the listening channel and closes connections over the limit as soon as they are accepted.
 * This endpoint has one thread, so a plain counter is enough.
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
    // Nothing was accepted, for lack of file descriptors; Netty retries in a second, and the chat
    // port, which lacks them as well, logs it.
  }
}
