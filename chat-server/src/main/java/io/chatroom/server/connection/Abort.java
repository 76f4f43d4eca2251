package io.chatroom.server.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;

/** How a connection ends that is closed for what it did or costs. */
final class Abort {

  private Abort() {}

  /**
   * Closes a connection by RST. A FIN could be taken for the answer to the peer's own, as if all it
   * sent had been accepted; and nothing of the connection stays with the operating system.
   */
  static void close(Channel connection) {
    byReset(connection);
    connection.close();
  }

  /** The same for a connection that no event loop knows yet. */
  static void closeUnregistered(Channel connection) {
    byReset(connection);
    connection.unsafe().closeForcibly();
  }

  private static void byReset(Channel connection) {
    connection.config().setOption(ChannelOption.SO_LINGER, 0);
  }
}
