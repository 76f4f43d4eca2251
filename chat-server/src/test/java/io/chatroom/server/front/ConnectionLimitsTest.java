package io.chatroom.server.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.LogCapture;
import io.chatroom.server.metrics.Metrics;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionLimitsTest {

  private final LogCapture log = new LogCapture();
  private final EmbeddedChannel listener = new EmbeddedChannel();

  @AfterEach
  void close() {
    listener.finishAndReleaseAll();
    log.close();
  }

  @Test
  void refusesConnectionsBeyondTheLimitUntilOneCloses() {
    limit(2, 0);
    EmbeddedChannel first = arrive("10.0.0.1");
    arrive("10.0.0.1");
    EmbeddedChannel third = arrive("10.0.0.1");

    assertThat(isIn(first)).isTrue();
    assertThat(isIn(third)).isFalse();
    assertThat(log.lines())
        .containsExactly("10.0.0.1:7 refused: 2 connections are open (maxConnections)");
    first.close();
    assertThat(isIn(arrive("10.0.0.1"))).isTrue();
    assertThat(isIn(arrive("10.0.0.1"))).isFalse();
  }

  @Test
  void countsEachAddressSeparately() {
    limit(100, 2);
    EmbeddedChannel first = arrive("10.0.0.1");
    arrive("10.0.0.1");

    assertThat(isIn(arrive("10.0.0.1"))).isFalse();
    assertThat(log.lines())
        .containsExactly(
            "10.0.0.1:7 refused: its address has reached its limit of 2 connections (maxConnectionsPerAddress)");
    assertThat(isIn(arrive("10.0.0.2"))).isTrue();
    first.close();
    assertThat(isIn(arrive("10.0.0.1"))).isTrue();
  }

  @Test
  void countsAnIpv6NetworkAsOneAddress() {
    limit(100, 1);

    assertThat(isIn(arrive("2001:db8:1:2::1"))).isTrue();
    assertThat(isIn(arrive("2001:db8:1:2:ffff::9"))).isFalse();
    assertThat(isIn(arrive("2001:db8:1:3::1"))).isTrue();
  }

  @Test
  void doesNotCountAConnectionClosedOnAcceptance() {
    limit(1, 1);
    ChannelInboundHandlerAdapter broken =
        new ChannelInboundHandlerAdapter() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object accepted) {
            ((Channel) accepted).unsafe().closeForcibly(); // its closeFuture does not complete
          }
        };
    listener.pipeline().addLast(broken);
    arrive("10.0.0.1");
    listener.pipeline().remove(broken);

    EmbeddedChannel next = arrive("10.0.0.1");
    assertThat(isIn(next)).isTrue();
  }

  @Test
  void countsTheEndOfAConnectionOnce() {
    limit(1, 1);
    EmbeddedChannel first = arrive("10.0.0.1");
    first.close();
    first.close();
    arrive("10.0.0.1");

    assertThat(isIn(arrive("10.0.0.1"))).isFalse();
  }

  @Test
  void refusesBannedAddresses() {
    limit(1, 0, address -> address.getHostAddress().startsWith("10.0.0."));

    assertThat(isIn(arrive("10.0.0.1"))).isFalse();
    assertThat(log.lines()).containsExactly("10.0.0.1:7 refused: its address is banned");
    assertThat(isIn(arrive("10.0.1.1"))).isTrue();
  }

  private void limit(int inAll, int perAddress) {
    limit(inAll, perAddress, address -> false);
  }

  private void limit(int inAll, int perAddress, Predicate<InetAddress> bans) {
    listener
        .pipeline()
        .addLast(
            new ConnectionLimits(
                inAll, perAddress, false, bans, new ConnectionLog(false, Metrics.NOOP)));
  }

  private EmbeddedChannel arrive(String address) {
    EmbeddedChannel connection =
        new EmbeddedChannel() {
          @Override
          protected SocketAddress remoteAddress0() {
            try {
              return new InetSocketAddress(InetAddress.getByName(address), 7);
            } catch (UnknownHostException e) {
              throw new IllegalArgumentException(e);
            }
          }
        };
    listener.pipeline().fireChannelRead(connection);
    return connection;
  }

  /** Returns true if the next handler of the listening channel received it. */
  private boolean isIn(EmbeddedChannel connection) {
    for (Object in = listener.readInbound(); in != null; in = listener.readInbound()) {
      if (in == connection) {
        return true;
      }
    }
    return false;
  }
}
