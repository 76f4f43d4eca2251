package io.chatroom.server.room;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;

/** Writes through the channel. Works with every transport; encryption needs it. */
public class ChannelOutlet implements Outlet {

  private final ChannelHandlerContext out;

  /**
   * Creates the outlet of a connection.
   *
   * @param out writes pass the handlers in front of this one, such as encryption, and bypass all
   *     others
   */
  public ChannelOutlet(ChannelHandlerContext out) {
    this.out = out;
  }

  /** The connection. */
  protected final Channel channel() {
    return out.channel();
  }

  @Override
  public boolean hasTakenAll() {
    ChannelOutboundBuffer waiting = out.channel().unsafe().outboundBuffer();
    return waiting == null || waiting.isEmpty();
  }

  @Override
  public final void send(Pieces pieces) {
    sendFrom(0, pieces);
  }

  /** Sends all but the first bytes, which the kernel has taken already. */
  final void sendFrom(long taken, Pieces pieces) {
    long skip = taken;
    int last = pieces.count() - 1;
    for (int i = 0; i <= last; i++) {
      int size = pieces.size(i);
      if (skip >= size) {
        skip -= size;
        continue;
      }
      var rest = pieces.buffer(i).retainedSlice(pieces.start(i) + (int) skip, size - (int) skip);
      skip = 0;
      if (i < last) {
        out.write(rest, out.voidPromise());
      } else {
        out.writeAndFlush(rest, out.voidPromise());
      }
    }
  }

  @Override
  public final ChannelFuture taken() {
    return out.writeAndFlush(Unpooled.EMPTY_BUFFER);
  }

  @Override
  public void endStream() {
    ((DuplexChannel) out.channel()).shutdownOutput();
  }
}
