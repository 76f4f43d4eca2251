package io.chatroom.server.front;

import io.chatroom.protocol.ProtocolException;
import io.chatroom.server.transport.Abort;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;

/** How a connection ends when something goes wrong on it, whatever it speaks. It ends alone. */
public final class ConnectionFailure {

  private ConnectionFailure() {}

  /**
   * Tells people what it was, and closes the connection.
   *
   * @param isMember whether it is in a room
   */
  public static void end(
      ChannelHandlerContext ctx, Throwable cause, boolean isMember, ConnectionLog log) {
    if (cause instanceof ProtocolException violation) {
      log.rejected(ctx.channel(), violation, isMember);
      Abort.close(ctx.channel());
    } else if (cause instanceof IOException) {
      // A reset, or a write to somebody who has just gone: everyday life.
      log.broken(ctx.channel(), cause);
      Abort.close(ctx.channel()); // there is nobody to say goodbye to
    } else {
      log.failed(ctx.channel(), cause);
      ctx.close();
    }
  }
}
