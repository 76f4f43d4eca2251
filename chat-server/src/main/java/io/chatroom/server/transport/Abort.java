package io.chatroom.server.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;

/** Closes connections that are ended for what they did or cost. */
public final class Abort {

  private Abort() {}

  /**
   * Closes a connection by RST. The peer could take a FIN for the answer to its own, as if all it
   * sent had been accepted; and an RST leaves nothing of the connection in the operating system.
   *
   * @param connection no effect if it is closed already, which it may be before handlers hear of
   *     it: its descriptor may belong to another file by then
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

  /** The same for a connection without an event loop. */
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
