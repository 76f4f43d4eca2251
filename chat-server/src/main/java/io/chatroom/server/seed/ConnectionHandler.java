package io.chatroom.server.seed;

import io.chatroom.protocol.Frame;
import io.chatroom.server.front.ConnectionFailure;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/**
 * Common part of both handlers of a connection: if something goes wrong on the connection, ends it
 * and no other.
 */
abstract class ConnectionHandler extends SimpleChannelInboundHandler<Frame> {

  final SeedLog log;

  ConnectionHandler(SeedLog log) {
    super(Frame.class);
    this.log = log;
  }

  /** Returns true if this connection is in the room. */
  abstract boolean isMember();

  /**
   * Closes the connection: all data before the end of the peer's stream has been processed, so it
   * has left (P-20).
   */
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
