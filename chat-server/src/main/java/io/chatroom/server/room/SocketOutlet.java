package io.chatroom.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.unix.IovArray;
import io.netty.channel.unix.Limits;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.IOException;

/**
 * Writes straight to the socket while nothing waits in the channel.
 *
 * <p>A burst goes to each of thousands of members, and most of them can take it at once. For each
 * such write the channel would make a duplicate, a queue entry and a flush, and touch several cache
 * lines: a tenth of all processor time. So the kernel is asked first. The channel gets the bytes
 * that the kernel did not take: the rest of a write, or all of it after an error. After an error
 * the channel meets one, too, and closes the connection as usual.
 *
 * <p>The order of bytes is kept, because this way is used only while the channel's queue is empty.
 */
public final class SocketOutlet implements Outlet {

  /** One per event loop, as it is native memory that is used only briefly. */
  private static final FastThreadLocal<IovArray> VECTOR =
      new FastThreadLocal<>() {
        @Override
        protected IovArray initialValue() {
          return new IovArray(Limits.IOV_MAX);
        }

        @Override
        protected void onRemoval(IovArray vector) {
          vector.release();
        }
      };

  private final Socket socket;
  private final ChannelOutlet channel;

  /** True if nothing waits in the channel. False can be out of date; the channel knows. */
  private boolean free;

  /**
   * Creates the outlet of a connection.
   *
   * @param out where the channel is written to
   * @param socket the channel's socket; must not block
   */
  public SocketOutlet(ChannelHandlerContext out, Socket socket) {
    this.socket = socket;
    this.channel = new ChannelOutlet(out);
  }

  @Override
  public boolean hasTakenAll() {
    if (!free) {
      free = channel.hasTakenAll();
    }
    return free;
  }

  @Override
  public void send(Pieces pieces) {
    long taken = hasTakenAll() ? offer(pieces) : 0;
    if (taken < pieces.bytes()) {
      free = false;
      channel.sendFrom(taken, pieces);
    }
  }

  /**
   * Offers bytes to the kernel.
   *
   * @return the number of bytes it took
   */
  private long offer(Pieces pieces) {
    // A closed socket's descriptor can belong to another connection by now.
    if (pieces.count() == 0 || !socket.isOpen() || !pieces.haveAddresses()) {
      return 0;
    }
    try {
      return pieces.count() == 1 ? offerOne(pieces) : offerAll(pieces);
    } catch (IOException e) {
      return 0; // the channel will meet an error, too, and close the connection
    }
  }

  private int offerOne(Pieces pieces) throws IOException {
    ByteBuf buffer = pieces.buffer(0);
    int start = pieces.start(0);
    return socket.sendAddress(buffer.memoryAddress(), start, start + pieces.size(0));
  }

  private int offerAll(Pieces pieces) throws IOException {
    IovArray vector = VECTOR.get();
    vector.clear();
    for (int i = 0; i < pieces.count(); i++) {
      if (!vector.add(pieces.buffer(i), pieces.start(i), pieces.size(i))) {
        break; // one call takes a limited number of pieces
      }
    }
    return (int) socket.writevAddresses(vector.memoryAddress(0), vector.count());
  }

  @Override
  public ChannelFuture taken() {
    free = false;
    return channel.taken();
  }

  @Override
  public void endStream() {
    channel.endStream();
  }
}
