package io.chatroom.server.front;

import io.chatroom.server.tls.ServerTls;
import io.chatroom.server.transport.NoReadAfterEnd;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts a {@link FrontDoor} in front of each connection. The way of what comes in, whole:
 *
 * <pre>
 *   bytes → (PROXY header) → (TLS) → FrontDoor; once that has decided, the handlers of a Surface in its place
 * </pre>
 *
 * <p>What stands in brackets is there for connections that begin with it only. Nothing of ours
 * stands on the way out but TLS: a room writes finished bytes.
 */
public final class FrontDoors extends ChannelInitializer<Channel> {

  private final FrontDoor.Shared shared;
  private final Duration registrationTimeout;
  private final ConnectionWatches watches;

  /**
   * @param surfaces what there is behind the doors; the last gets what begins like none of them
   * @param registrationTimeout how long a connection may take to say who it is, from the moment it
   *     was accepted
   * @param limits how many connections there may be; knows whether a proxy is to tell their address
   * @param watches who looks after connections while they are silent
   * @param log what people get to read about connections
   * @param tls for peers that speak it; null is for none
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
