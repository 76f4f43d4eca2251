package io.chatroom.server.transport;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One way to do I/O, ready to use.
 *
 * @param name what to call it in a log
 * @param ioHandlers makes what an event loop waits on
 * @param serverChannel what listens
 */
public record Transport(
    String name, IoHandlerFactory ioHandlers, Class<? extends ServerChannel> serverChannel) {

  /** What can be asked for. */
  public enum Choice {
    /** epoll where its native library loads, else NIO. */
    AUTO,
    /** Linux's epoll, through Netty's native library. */
    EPOLL,
    /** Linux's io_uring, through Netty's native library. */
    IO_URING,
    /** The JDK's own selector: everywhere, and slower. */
    NIO
  }

  /**
   * Loads what was chosen.
   *
   * @throws UnsupportedOperationException if it does not load here; the message is one sentence for
   *     people
   */
  public static Transport of(Choice choice) {
    return switch (choice) {
      case AUTO -> Epoll.isAvailable() ? epoll() : nio();
      case EPOLL -> {
        require("epoll", Epoll.unavailabilityCause());
        yield epoll();
      }
      case IO_URING -> {
        require("io_uring", IoUring.unavailabilityCause());
        yield new Transport(
            "io_uring", IoUringIoHandler.newFactory(), IoUringServerSocketChannel.class);
      }
      case NIO -> nio();
    };
  }

  private static Transport epoll() {
    return new Transport("epoll", EpollIoHandler.newFactory(), EpollServerSocketChannel.class);
  }

  private static Transport nio() {
    return new Transport("nio", NioIoHandler.newFactory(), NioServerSocketChannel.class);
  }

  static void require(String name, @Nullable Throwable unavailable) {
    if (unavailable != null) {
      Throwable root = unavailable;
      for (Throwable cause = root.getCause(); cause != null; cause = cause.getCause()) {
        root = cause;
      }
      throw new UnsupportedOperationException(
          "transport "
              + name
              + " does not work on this machine ("
              + root.getMessage()
              + "); use auto, which takes the best that does",
          unavailable);
    }
  }
}
