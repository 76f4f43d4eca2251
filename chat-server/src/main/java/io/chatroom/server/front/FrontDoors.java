package io.chatroom.server.front;

import io.chatroom.server.tls.ServerTls;
import io.chatroom.server.transport.NoReadAfterEnd;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts a {@link FrontDoor} in front of each connection. The whole path of received bytes:
 *
 * <pre>
 *   bytes → (PROXY header) → (TLS) → FrontDoor, which the handlers of a Surface replace once it has decided
 * </pre>
 *
 * <p>The handlers in brackets exist only for connections that begin with such bytes. Outbound, only
 * TLS adds a handler: rooms write finished bytes.
 */
public final class FrontDoors extends ChannelInitializer<Channel> {

  private final FrontDoor.Shared shared;
  private final Duration registrationTimeout;
  private final ConnectionWatches watches;

  /**
   * @param surfaces the surfaces; the last one receives connections that none of them recognises
   * @param registrationTimeout the time for a connection to register, from its acceptance
   * @param limits the limits of connections; knows whether a proxy sends their address
   * @param watches closes connections that are silent or stuck
   * @param log the log about connections
   * @param tls TLS for peers that use it; null for none
   */
  public FrontDoors(
      List<Surface> surfaces,
      Duration registrationTimeout,
      ConnectionLimits limits,
      ConnectionWatches watches,
      ConnectionLog log,
      @Nullable ServerTls tls) {
    this.shared = new FrontDoor.Shared(surfaces, limits, log, tls, new NoReadAfterEnd());
    this.registrationTimeout = registrationTimeout;
    this.watches = watches;
  }

  @Override
  protected void initChannel(Channel channel) {
    channel.pipeline().addLast(FrontDoor.NETWORK, shared.noReadAfterEnd());
    Newcomer newcomer =
        new Newcomer(
            channel.pipeline().context(FrontDoor.NETWORK),
            watches.of(channel.eventLoop()),
            registrationTimeout);
    channel.pipeline().addLast(new FrontDoor(newcomer, shared));
  }
}
