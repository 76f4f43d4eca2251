package io.chatroom.server.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;

/** Resets connections that are ended for what they did or cost. */
public final class Abort {

  private Abort() {}

  /**
   * Resets a connection. The peer could take a FIN for the answer to its own, as if everything it
   * sent had been accepted; and a reset leaves nothing of the connection in the operating system.
   *
   * @param connection no effect if it is closed already, which it can be before handlers know it:
   *     its descriptor can belong to another file by then
   */
  public static void close(Channel connection) {
    if (connection.isOpen()) {
      byReset(connection);
      ChannelHandlerContext first = connection.pipeline().firstContext();
      if (first == null) {
        connection.close();
      } else {
        first.close(); // bypasses handlers, such as encryption, that would send more first
      }
    }
  }

  /** Resets a connection that has no event loop yet. */
  public static void closeUnregistered(Channel connection) {
    byReset(connection);
    connection.unsafe().closeForcibly();
  }

  private static void byReset(Channel connection) {
    try {
      connection.config().setOption(ChannelOption.SO_LINGER, 0);
    } catch (ChannelException e) {
      // The socket is gone already, and is about to be closed anyway.
    }
  }
}
