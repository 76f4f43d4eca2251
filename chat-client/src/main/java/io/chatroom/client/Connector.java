package io.chatroom.client;

import io.chatroom.protocol.VisibleText;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;

/**
 * Opens a connection to the first address of a host that answers, or says in one sentence why none
 * did. What {@link ChatClient} stands on; for others only where a client with a thread of its own
 * is too much. Any thread but the loop's own may call it, as it waits for the loop.
 */
public final class Connector {

  private final EventLoop loop;
  private final Duration timeout;

  /**
   * @param loop runs the connection
   * @param timeout how long each address may take
   */
  public Connector(EventLoop loop, Duration timeout) {
    this.loop = loop;
    this.timeout = timeout;
  }

  /**
   * Waits until the connection is there. It has no handlers yet and reads nothing before auto-read
   * is switched on, so that nothing is missed.
   *
   * @throws ChatException if there is none; its message says why
   */
  public Channel connect(ServerAddress server) throws ChatException {
    Throwable first = null;
    for (InetAddress address : lookUp(server)) {
      ChannelFuture attempt = connect(new InetSocketAddress(address, server.port()));
      if (attempt.isSuccess()) {
        return attempt.channel();
      }
      // The system sorts the addresses by preference, so the first failure tells the most.
      if (first == null) {
        first = attempt.cause();
      }
    }
    throw explain(server, first == null ? new UnknownHostException(server.host()) : first);
  }

  /**
   * Looks the name up on the calling thread. Netty's own resolver would do the same, and keep a
   * global thread alive for a second after the last client has closed.
   */
  private InetAddress[] lookUp(ServerAddress server) throws ChatException {
    try {
      return InetAddress.getAllByName(server.host());
    } catch (UnknownHostException e) {
      throw explain(server, e);
    }
  }

  private ChannelFuture connect(InetSocketAddress address) throws ChatException {
    ChannelFuture attempt =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .disableResolver()
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(timeout.toMillis()))
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.AUTO_READ, false)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(address);
    try {
      return attempt.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ChatException(
          "connecting was interrupted", new InterruptedIOException("connecting"));
    }
  }

  /** What an attempt to connect failed with, as a sentence for people. */
  public ChatException explain(ServerAddress server, Throwable cause) {
    return new ChatException(sentence(server, cause), cause);
  }

  /** Why there is no connection, and what to check, in one sentence. */
  String sentence(ServerAddress server, Throwable cause) {
    if (cause instanceof UnknownHostException) {
      return "cannot find the host "
          + VisibleText.of(server.host())
          + ": check its spelling and whether this machine can look names up";
    }
    String where = VisibleText.of(server.toString());
    if (cause instanceof ConnectTimeoutException) {
      return where
          + " did not answer within "
          + seconds(timeout)
          + ": check the address, and whether a firewall is in between";
    }
    if (cause instanceof NoRouteToHostException || isUnreachable(cause)) {
      return "no route to " + where + ": check the address, and this machine's network";
    }
    if (cause instanceof ConnectException) {
      return where
          + " refused the connection: check that a server runs there, and that the port is right";
    }
    return "cannot connect to " + where + ": " + VisibleText.of(String.valueOf(cause.getMessage()));
  }

  /** The JDK has no exception of its own for this one. */
  private static boolean isUnreachable(Throwable cause) {
    return cause instanceof SocketException
        && String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("unreachable");
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
