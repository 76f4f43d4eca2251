package io.chatroom.server.room;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;

/** Chooses the fastest way to a connection. */
public final class Outlets {

  private Outlets() {}

  /**
   * The way to a connection on which what is written goes to the network as it is.
   *
   * @param out where to write to, should it go through the channel
   */
  public static Outlet of(ChannelHandlerContext out) {
    return out.channel() instanceof UnixChannel unix && unix.fd() instanceof Socket socket
        ? new SocketOutlet(out, socket)
        : new ChannelOutlet(out);
  }
}
