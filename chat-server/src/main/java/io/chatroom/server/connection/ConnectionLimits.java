package io.chatroom.server.connection;

import io.chatroom.server.room.Abort;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How many connections there may be, in all and from one address. One too many is closed as soon as
 * it is accepted.
 *
 * <p>It stands on the listening channel, in front of Netty's own handler: whoever is refused there
 * costs neither an event loop nor a pipeline. One instance serves one listening channel.
 */
public final class ConnectionLimits extends ChannelInboundHandlerAdapter {

  private final int inAll;
  private final int perAddress;
  private final ConnectionLog log;
  private final AtomicInteger open = new AtomicInteger();
  private final ConcurrentMap<Long, Integer> openPerAddress = new ConcurrentHashMap<>();

  /**
   * @param inAll how many connections there may be
   * @param perAddress how many of them from one IPv4 address, or from one IPv6 network of 64 bits,
   *     which is what one customer gets; 0 is no limit
   * @param log where it tells whom it has refused
   */
  public ConnectionLimits(int inAll, int perAddress, ConnectionLog log) {
    this.inAll = inAll;
    this.perAddress = perAddress;
    this.log = log;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object accepted) {
    Channel connection = (Channel) accepted;
    if (open.get() >= inAll) {
      log.refused(connection, inAll + " connections are open (maxConnections)");
      Abort.closeUnregistered(connection);
      return;
    }
    Long address = perAddress == 0 ? null : address(connection);
    if (address != null && openPerAddress.getOrDefault(address, 0) >= perAddress) {
      log.refused(connection, perAddress + " of its address are open (maxConnectionsPerAddress)");
      Abort.closeUnregistered(connection);
      return;
    }
    Admission admission = new Admission(address);
    connection.closeFuture().addListener(admission);
    ctx.fireChannelRead(connection);
    if (!connection.isOpen()) { // closed by force, which its future may not learn
      admission.end();
    }
  }

  private static @Nullable Long address(Channel connection) {
    if (!(connection.remoteAddress() instanceof InetSocketAddress remote)) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.wrap(remote.getAddress().getAddress());
    return remote.getAddress() instanceof Inet6Address ? bytes.getLong() : bytes.getInt();
  }

  /** One connection that counts, from when it was let in until it ends, once. */
  private final class Admission implements ChannelFutureListener {

    private final @Nullable Long address;
    private boolean ended;

    Admission(@Nullable Long address) {
      this.address = address;
      open.incrementAndGet();
      if (address != null) {
        openPerAddress.merge(address, 1, Integer::sum);
      }
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
        openPerAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
      }
    }
  }
}
