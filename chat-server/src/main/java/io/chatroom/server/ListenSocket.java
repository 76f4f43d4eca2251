package io.chatroom.server;

import io.chatroom.server.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;

/** Socket options of the listening socket and of the connections it accepts. */
final class ListenSocket {

  /** Large enough for the moment when every client reconnects at once. */
  private static final int ACCEPT_BACKLOG = 4096;

  /**
   * Bounds what the kernel buffers for a connection that the server has stopped reading; the
   * default is megabytes. When the peer ends its stream, all of it can arrive at once and must be
   * kept.
   */
  private static final int RECEIVE_BUFFER_BYTES = 256 * 1024;

  /**
   * Bounds what the kernel buffers for a member beyond what it can send at once. The default is
   * megabytes for each member that does not read, and these bytes are not shared between members.
   */
  private static final long UNSENT_BYTES = 512 * 1024;

  /**
   * An idle connection is probed every minute, and one whose peer has vanished is closed within two
   * minutes. TCP_USER_TIMEOUT would be simpler and cover busy connections too, but it also closes
   * the connection of a peer that is alive and does not read.
   */
  private static final int KEEP_ALIVE_IDLE_SECONDS = 60;

  private static final int KEEP_ALIVE_INTERVAL_SECONDS = 15;
  private static final int KEEP_ALIVE_PROBES = 4;

  private ListenSocket() {}

  /** A bootstrap that lacks only the handlers and the address. */
  static ServerBootstrap bootstrap(Transport transport, EventLoopGroup loops) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            // Set on the listener: accepted sockets inherit it, and TCP needs it in the handshake.
            .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            // Messages sent before the end of a stream count, even while their sender is held back.
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(transport.keepAlive().idle(), KEEP_ALIVE_IDLE_SECONDS)
            .childOption(transport.keepAlive().interval(), KEEP_ALIVE_INTERVAL_SECONDS)
            .childOption(transport.keepAlive().count(), KEEP_ALIVE_PROBES);
    if (transport.unsentBytes() != null) {
      bootstrap.childOption(transport.unsentBytes(), UNSENT_BYTES);
    }
    return bootstrap;
  }
}
