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
 * The way straight to the socket, for as long as nothing waits in the channel.
 *
 * <p>A burst goes to each of thousands of members, and most of them can take it at once. The
 * channel would make a duplicate, an entry in its queue and a flush of each such write, and look at
 * several cache lines for that: a tenth of all the processor's time. So the kernel is asked first,
 * and the channel gets what the kernel did not take: the rest of a write, or all of it after an
 * error: then the channel meets one, too, and closes the connection, as ever.
 *
 * <p>Both ways keep one order, because this one is taken only while the other is empty.
 */
public final class SocketOutlet implements Outlet {

  /** One for all connections of an event loop: it is native memory, and used for a moment. */
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

  /** Nothing waits in the channel. False may be out of date; the channel knows. */
  private boolean free;

  /**
   * Makes the way to a connection.
   *
   * @param out where the channel is written to
   * @param socket of that channel; must not block
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
   * Asks the kernel to take bytes.
   *
   * @return how many it took
   */
  private long offer(Pieces pieces) {
    // A closed socket's descriptor may be somebody else's by now.
    if (pieces.count() == 0 || !socket.isOpen() || !pieces.haveAddresses()) {
      return 0;
    }
    try {
      return pieces.count() == 1 ? offerOne(pieces) : offerAll(pieces);
    } catch (IOException e) {
      return 0; // the channel meets an error, too, when it tries, and closes the connection for it
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
        break; // there is a most of what one call takes
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
