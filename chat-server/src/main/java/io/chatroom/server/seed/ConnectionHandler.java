package io.chatroom.server.seed;

import io.chatroom.protocol.Frame;
import io.chatroom.server.front.ConnectionFailure;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/**
 * What both handlers of a connection share: how it ends when something goes wrong on it. It ends
 * alone.
 */
abstract class ConnectionHandler extends SimpleChannelInboundHandler<Frame> {

  final SeedLog log;

  ConnectionHandler(SeedLog log) {
    super(Frame.class);
    this.log = log;
  }

  /** Whether this connection is in the room. */
  abstract boolean isMember();

  /** All that the peer sent before the end of its stream has been here: it has left (P-20). */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ConnectionFailure.end(ctx, cause, isMember(), log.connections());
  }
}
