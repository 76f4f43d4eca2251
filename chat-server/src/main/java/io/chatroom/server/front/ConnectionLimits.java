package io.chatroom.server.front;

import io.chatroom.server.metrics.Outcome;
import io.chatroom.server.transport.Abort;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Limits connections, in total and for each address, and refuses banned addresses. A refused
 * connection is closed as soon as it is accepted.
 *
 * <p>It sits on the listening channel, in front of Netty's own handler: a connection that is
 * refused there costs neither an event loop nor a pipeline. One instance serves one listening
 * channel.
 */
public final class ConnectionLimits extends ChannelInboundHandlerAdapter {

  private static final String BANNED = "its address is banned";

  private final int inAll;
  private final int perAddress;
  private final boolean proxied;
  private final Predicate<InetAddress> bans;
  private final ConnectionLog log;
  private final AtomicInteger open = new AtomicInteger();
  private final ConcurrentMap<Long, Integer> openPerAddress = new ConcurrentHashMap<>();

  /**
   * @param inAll the most open connections
   * @param perAddress the most of one IPv4 address, or of one IPv6 /64 network, which one customer
   *     gets; 0 is no limit
   * @param proxied true if the address is unknown until {@link #admits} is called; until then a
   *     connection counts for no address
   * @param bans true for an address that may not connect at all
   * @param log logs the refusals
   */
  public ConnectionLimits(
      int inAll, int perAddress, boolean proxied, Predicate<InetAddress> bans, ConnectionLog log) {
    this.inAll = inAll;
    this.perAddress = perAddress;
    this.proxied = proxied;
    this.bans = bans;
    this.log = log;
  }

  /**
   * Returns true if a proxy sends the address of each connection, so that {@link #admits} must be
   * called.
   */
  boolean proxied() {
    return proxied;
  }

  /** The number of open connections. Called from any thread. */
  public int open() {
    return open.get();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object accepted) {
    Channel connection = (Channel) accepted;
    if (!proxied && isBanned(connection)) {
      log.refused(connection, Outcome.REFUSED_BANNED, BANNED);
      Abort.closeUnregistered(connection);
      return;
    }
    if (open.get() >= inAll) {
      log.refused(
          connection, Outcome.REFUSED_TOO_MANY, inAll + " connections are open (maxConnections)");
      Abort.closeUnregistered(connection);
      return;
    }
    Long address = proxied ? null : address(connection);
    if (address != null && !enter(address)) {
      log.refused(connection, Outcome.REFUSED_ADDRESS, tooManyOfItsAddress());
      Abort.closeUnregistered(connection);
      return;
    }
    Admission admission = new Admission(address);
    connection.closeFuture().addListener(admission);
    ctx.fireChannelRead(connection);
    if (!connection.isOpen()) { // closed by force, so its future may not complete
      admission.end();
    }
  }

  /**
   * Counts an accepted connection for its address, which is known by now, or closes it.
   *
   * @return true if it is admitted
   */
  boolean admits(Channel connection) {
    if (isBanned(connection)) {
      log.refusedLate(connection, Outcome.REFUSED_BANNED, BANNED);
      Abort.close(connection);
      return false;
    }
    Long address = address(connection);
    if (address == null) {
      return true;
    }
    if (!enter(address)) {
      log.refusedLate(connection, Outcome.REFUSED_ADDRESS, tooManyOfItsAddress());
      Abort.close(connection);
      return false;
    }
    connection.closeFuture().addListener(closed -> leave(address));
    return true;
  }

  private boolean isBanned(Channel connection) {
    InetAddress address = PeerAddress.addressOf(connection);
    return address != null && bans.test(address);
  }

  private String tooManyOfItsAddress() {
    return "its address has reached its limit of "
        + perAddress
        + (perAddress == 1 ? " connection" : " connections")
        + " (maxConnectionsPerAddress)";
  }

  /** Counts before it checks, as several event loops may call at once. */
  private boolean enter(Long address) {
    if (openPerAddress.merge(address, 1, Integer::sum) <= perAddress) {
      return true;
    }
    leave(address);
    return false;
  }

  private void leave(Long address) {
    openPerAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
  }

  /** The address as a number; null if it is unknown, or not limited. */
  private @Nullable Long address(Channel connection) {
    InetSocketAddress remote = perAddress == 0 ? null : PeerAddress.of(connection);
    if (remote == null) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.wrap(remote.getAddress().getAddress());
    return remote.getAddress() instanceof Inet6Address ? bytes.getLong() : bytes.getInt();
  }

  /** Counts one connection, once, from its admission to its end. */
  private final class Admission implements ChannelFutureListener {

    private final @Nullable Long address;
    private boolean ended;

    Admission(@Nullable Long address) {
      this.address = address;
      open.incrementAndGet();
    }

    @Override
    public void operationComplete(ChannelFuture closed) {
      end();
    }

    synchronized void end() {
      if (ended) {
        return;
      }
      ended = true;
      open.decrementAndGet();
      if (address != null) {
        leave(address);
      }
    }
  }
}
