package io.chatroom.server.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.channel.uring.IoUringTcpInfo;
import java.util.function.ToLongFunction;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * A way to do I/O, ready to use.
 *
 * @param name its name in the log
 * @param ioHandlers makes the I/O handlers of event loops
 * @param serverChannel the type of the listening channel
 * @param silentMillis the time for which nothing has come from the peer of a connection, not even a
 *     sign of life from its operating system, in milliseconds; 0 if this transport cannot tell
 * @param keepAlive the options for keep-alive probes
 * @param unsentBytes the option that limits unsent bytes in the kernel; null if there is none
 */
public record Transport(
    String name,
    IoHandlerFactory ioHandlers,
    Class<? extends ServerChannel> serverChannel,
    ToLongFunction<Channel> silentMillis,
    KeepAlive keepAlive,
    @Nullable ChannelOption<Long> unsentBytes) {

  /**
   * The options of a connection for keep-alive probes.
   *
   * @param idle seconds of silence before the first probe
   * @param interval seconds between probes
   * @param count maximum number of unanswered probes
   */
  public record KeepAlive(
      ChannelOption<Integer> idle, ChannelOption<Integer> interval, ChannelOption<Integer> count) {}

  /** The values of the option. */
  public enum Choice {
    /** epoll where its native library loads, else NIO. */
    AUTO,
    /** Linux's epoll, through Netty's native library. */
    EPOLL,
    /** Linux's io_uring, through Netty's native library. */
    IO_URING,
    /** The JDK's own selector; works everywhere, and is slower. */
    NIO
  }

  /**
   * Loads the chosen transport.
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
        yield ioUring();
      }
      case NIO -> nio();
    };
  }

  private static Transport epoll() {
    return new Transport(
        "epoll",
        KeptInEpoll.factory(),
        EpollServerSocketChannel.class,
        channel -> {
          EpollTcpInfo info = ((EpollSocketChannel) channel).tcpInfo();
          return Math.min(info.lastDataRecv(), info.lastAckRecv());
        },
        new KeepAlive(
            EpollChannelOption.TCP_KEEPIDLE,
            EpollChannelOption.TCP_KEEPINTVL,
            EpollChannelOption.TCP_KEEPCNT),
        EpollChannelOption.TCP_NOTSENT_LOWAT);
  }

  private static Transport ioUring() {
    return new Transport(
        "io_uring",
        IoUringIoHandler.newFactory(),
        IoUringServerSocketChannel.class,
        channel -> {
          IoUringTcpInfo info = ((IoUringSocketChannel) channel).tcpInfo();
          return Math.min(info.lastDataRecv(), info.lastAckRecv());
        },
        new KeepAlive(
            IoUringChannelOption.TCP_KEEPIDLE,
            IoUringChannelOption.TCP_KEEPINTVL,
            IoUringChannelOption.TCP_KEEPCNT),
        IoUringChannelOption.TCP_NOTSENT_LOWAT);
  }

  private static Transport nio() {
    return new Transport(
        "nio",
        NioIoHandler.newFactory(),
        NioServerSocketChannel.class,
        channel -> 0,
        new KeepAlive(
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT)),
        null);
  }

  /**
   * A LinkageError means that the library does not load; anything else, that the kernel refuses.
   */
  private static String reason(String name, Throwable unavailable) {
    Throwable root = unavailable;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root instanceof LinkageError
        ? "its library cannot be loaded, which needs Linux and a temporary directory for programs"
            + " (java.io.tmpdir, not mounted noexec)"
        : "the kernel is too old for " + name + " or does not allow it, as in many containers";
  }

  static void require(String name, @Nullable Throwable unavailable) {
    if (unavailable != null) {
      throw new UnsupportedOperationException(
          "transport "
              + name
              + " does not work on this machine: "
              + reason(name, unavailable)
              + "; use auto, which takes the best that does",
          unavailable);
    }
  }
}
