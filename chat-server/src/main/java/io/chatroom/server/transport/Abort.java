package io.chatroom.server.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;

/** How a connection ends that is closed for what it did or costs. */
public final class Abort {

  private Abort() {}

  /**
   * Closes a connection by RST. A FIN could be taken for the answer to the peer's own, as if all it
   * sent had been accepted; and nothing of the connection stays with the operating system.
   *
   * @param connection without effect if it is closed already, which it may be for a while before
   *     anybody is told: then its descriptor may be somebody else's by now
   */
  public static void close(Channel connection) {
    if (connection.isOpen()) {
      byReset(connection);
      ChannelHandlerContext first = connection.pipeline().firstContext();
      if (first == null) {
        connection.close();
      } else {
        first.close(); // nothing in the pipeline, such as encryption, gets to say goodbye before
      }
    }
  }

  /** The same for a connection that no event loop knows yet. */
  public static void closeUnregistered(Channel connection) {
    byReset(connection);
    connection.unsafe().closeForcibly();
  }

  private static void byReset(Channel connection) {
    try {
      connection.config().setOption(ChannelOption.SO_LINGER, 0);
    } catch (ChannelException e) {
      // The socket has gone by itself, and is about to be closed in any case.
    }
  }
}
