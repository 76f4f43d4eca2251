package io.chatroom.client;

import io.chatroom.protocol.VisibleText;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.SystemErrors;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import jdk.net.ExtendedSocketOptions;

/**
 * Opens a connection to the first address of a host that answers, or says in one sentence why none
 * did. {@link ChatClient} uses it; use it directly only where a thread per client is too much.
 * Blocks until the loop is done, so any thread but the loop's own may call it.
 */
public final class Connector {

  /** Keep-alive: three probes, 10 s apart, after 30 s of silence. */
  private static final int KEEP_IDLE_SECONDS = 30;

  private static final int KEEP_INTERVAL_SECONDS = 10;
  private static final int KEEP_COUNT = 3;

  private static final int SHOWN_ADDRESSES = 4;

  private final EventLoop loop;
  private final Duration timeout;

  /**
   * @param loop runs the connection
   * @param timeout maximum time for each address
   */
  public Connector(EventLoop loop, Duration timeout) {
    this.loop = loop;
    this.timeout = timeout;
  }

  /**
   * Blocks until the connection is made. It has no handlers yet and reads nothing before auto-read
   * is switched on, so that nothing is missed.
   *
   * @throws ChatException if it cannot be made; its message says why
   */
  public Channel connect(ServerAddress server) throws ChatException {
    CompletableFuture<Channel> winner =
        new Race(loop, lookUp(server), address -> bootstrap().connect(address)).run();
    try {
      Channel channel = winner.get();
      noticeSilence(channel);
      return channel;
    } catch (InterruptedException e) {
      winner.cancel(false);
      Thread.currentThread().interrupt();
      throw new ChatException(
          "connecting was interrupted", new InterruptedIOException("connecting"));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Race.LostException lost) {
        throw explain(server, lost.failures());
      }
      throw new IllegalStateException(e); // a race fails with nothing else
    }
  }

  /**
   * Looks the name up on the calling thread. Netty's own resolver would do the same, and keep a
   * global thread alive for a second after the last client has closed.
   */
  private List<InetSocketAddress> lookUp(ServerAddress server) throws ChatException {
    try {
      return Arrays.stream(InetAddress.getAllByName(server.host()))
          .map(address -> new InetSocketAddress(address, server.port()))
          .distinct()
          .toList();
    } catch (UnknownHostException e) {
      throw explain(server, e);
    }
  }

  private Bootstrap bootstrap() {
    return new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .disableResolver()
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(timeout.toMillis()))
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.AUTO_READ, false)
        .handler(new ChannelInboundHandlerAdapter());
  }

  /**
   * The system's own keep-alive begins after two hours, and still does where these options cannot
   * be set: setOption returns false then.
   */
  private static void noticeSilence(Channel channel) {
    ChannelConfig config = channel.config();
    config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), KEEP_IDLE_SECONDS);
    config.setOption(
        NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), KEEP_INTERVAL_SECONDS);
    config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), KEEP_COUNT);
  }

  ChatException explain(ServerAddress server, Map<InetSocketAddress, Throwable> failures) {
    Throwable first = failures.values().iterator().next();
    List<String> reasons = failures.values().stream().map(this::reason).distinct().toList();
    if (reasons.size() == 1) {
      return explain(server, first);
    }
    StringJoiner each = new StringJoiner(", ");
    failures.entrySet().stream()
        .limit(SHOWN_ADDRESSES)
        .forEach(failed -> each.add(show(failed.getKey()) + " " + reason(failed.getValue())));
    if (failures.size() > SHOWN_ADDRESSES) {
      each.add("and " + (failures.size() - SHOWN_ADDRESSES) + " more");
    }
    return new ChatException(
        "cannot connect to "
            + VisibleText.of(server.toString())
            + ": "
            + each
            + ": check that a server runs there, the port, and whether a firewall is in between",
        first);
  }

  private static String show(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return VisibleText.of(host.contains(":") ? "[" + host + "]" : host);
  }

  /** What happened to one address, after its name. */
  private String reason(Throwable cause) {
    if (cause instanceof ConnectTimeoutException) {
      return "did not answer within " + seconds(timeout);
    }
    if (hasNoRoute(cause)) {
      return "has no route from here";
    }
    if (isRefusal(cause)) {
      return "refused the connection";
    }
    return "failed (" + words(cause) + ")";
  }

  /** Why an attempt to connect failed, as a sentence for people. */
  public ChatException explain(ServerAddress server, Throwable cause) {
    return new ChatException(sentence(server, cause), cause);
  }

  /** Why there is no connection, and what to check, in one sentence. */
  String sentence(ServerAddress server, Throwable cause) {
    if (cause instanceof UnknownHostException) {
      int zone = server.host().indexOf('%');
      if (zone >= 0) {
        return "this machine has no network interface "
            + VisibleText.of(server.host().substring(zone + 1))
            + ", which the address "
            + VisibleText.of(server.host())
            + " asks for: check the part after the %";
      }
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
    if (hasNoRoute(cause)) {
      return "no route to " + where + ": check the address, and this machine's network";
    }
    if (isRefusal(cause)) {
      return where
          + " refused the connection: check that a server runs there, and that the port is right";
    }
    if (needsZone(server)) {
      return where
          + " is an address of a network that this machine may have several of: name the interface"
          + " too, as in [fe80::1%eth0]";
    }
    return "cannot connect to " + where + ": " + words(cause);
  }

  /** A link-local address of IPv6 means nothing without its interface. */
  private static boolean needsZone(ServerAddress server) {
    return server.host().toLowerCase(Locale.ROOT).matches("fe[89ab][0-9a-f]:[0-9a-f:.]*");
  }

  private static boolean isRefusal(Throwable cause) {
    return cause instanceof ConnectException;
  }

  /** The system's own error text, without what Java puts around it. */
  private static String words(Throwable cause) {
    Throwable told = system(cause);
    return VisibleText.of(
        told instanceof IOException failure ? FileTrouble.reason(failure) : told.toString());
  }

  /** The system's own failure: Netty wraps it, and adds the address to its text. */
  private static Throwable system(Throwable cause) {
    return cause.getCause() instanceof SocketException own ? own : cause;
  }

  /**
   * The JDK has an exception class for an unreachable host, but none for an unreachable network.
   */
  private static boolean hasNoRoute(Throwable cause) {
    return cause instanceof NoRouteToHostException
        || (cause instanceof SocketException && SystemErrors.isNetworkUnreachable(system(cause)));
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
