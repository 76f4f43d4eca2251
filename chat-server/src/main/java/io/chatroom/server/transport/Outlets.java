package io.chatroom.server.transport;

import io.chatroom.server.room.ChannelOutlet;
import io.chatroom.server.room.Outlet;
import io.chatroom.server.room.SocketOutlet;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;

/** Chooses the fastest outlet for a connection. */
public final class Outlets {

  private Outlets() {}

  /**
   * The outlet of an unencrypted connection. Only epoll allows writing straight to the socket: NIO
   * hides its descriptor, and a socket of io_uring blocks, so one member that does not read would
   * stop its whole event loop.
   *
   * @param out where the channel is written to
   */
  public static Outlet of(ChannelHandlerContext out) {
    return out.channel() instanceof EpollSocketChannel epoll && epoll.fd() instanceof Socket socket
        ? new SocketOutlet(out, socket)
        : new ChannelOutlet(out);
  }
}
