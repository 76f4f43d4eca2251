package io.chatroom.server.front;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;

/**
 * Logs why a connection could not be accepted, most likely for lack of file descriptors. It is the
 * last handler of the listening channel, behind Netty's own, which has already paused accepting for
 * a second.
 */
public final class AcceptFailures extends ChannelInboundHandlerAdapter {

  private final ConnectionLog log;

  /**
   * A handler for one listening channel.
   *
   * @param log the log about connections
   */
  public AcceptFailures(ConnectionLog log) {
    this.log = log;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof IOException) {
      log.notAccepted(cause);
    } else {
      log.failed(cause);
    }
  }
}
