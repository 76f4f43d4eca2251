package io.chatroom.server.front;

import io.chatroom.protocol.Frame;
import io.chatroom.protocol.ProtocolException;
import io.chatroom.server.transport.Abort;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;

/**
 * What both handlers of a connection share: how it ends when something goes wrong on it. It ends
 * alone.
 */
abstract class ConnectionHandler extends SimpleChannelInboundHandler<Frame> {

  final ConnectionLog log;

  ConnectionHandler(ConnectionLog log) {
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
    if (cause instanceof ProtocolException violation) {
      log.rejected(ctx.channel(), violation, isMember());
      Abort.close(ctx.channel());
    } else if (cause instanceof IOException) {
      log.broken(
          ctx.channel(), cause); // a reset, or a write to somebody who has just gone: everyday life
      Abort.close(ctx.channel()); // there is nobody to say goodbye to
    } else {
      log.failed(ctx.channel(), cause);
      ctx.close();
    }
  }
}
