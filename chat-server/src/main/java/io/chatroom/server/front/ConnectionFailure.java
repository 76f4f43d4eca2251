package io.chatroom.server.front;

import io.chatroom.protocol.ProtocolException;
import io.chatroom.server.transport.Abort;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;

/** Ends a connection after an error, in any protocol; no other connection is affected. */
public final class ConnectionFailure {

  private ConnectionFailure() {}

  /**
   * Logs the cause, and closes the connection.
   *
   * @param isMember true if it is in a room
   */
  public static void end(
      ChannelHandlerContext ctx, Throwable cause, boolean isMember, ConnectionLog log) {
    if (cause instanceof ProtocolException violation) {
      log.rejected(ctx.channel(), violation, isMember);
      Abort.close(ctx.channel());
    } else if (cause instanceof IOException) {
      // A reset, or a write to a peer that has just gone: normal operation.
      log.broken(ctx.channel(), cause);
      Abort.close(ctx.channel()); // the peer is gone
    } else {
      log.failed(ctx.channel(), cause);
      ctx.close();
    }
  }
}
