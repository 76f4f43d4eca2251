package io.chatroom.server.front;

import io.chatroom.protocol.FrameDecoder;
import io.chatroom.protocol.Limits;
import io.chatroom.server.seed.SeedRoom;
import io.chatroom.server.tls.ServerTls;
import io.chatroom.server.transport.NoReadAfterEnd;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.time.Duration;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The way of a message on its connection, whole:
 *
 * <pre>
 *   bytes → FrameDecoder → RegistrationHandler (the first frame), then MemberHandler (every later one) → Room
 * </pre>
 *
 * <p>Where connections come through a proxy, what the proxy says of them is taken off first. A
 * WatchedConnection stands beside that way and looks at it between two reads. Nothing stands on the
 * way out: the room writes finished bytes.
 *
 * <p>Where TLS is configured a TlsDoor stands in front, right behind what a proxy says. For a peer
 * that speaks TLS it makes way for a TlsHandler and a TlsConnection, which stand on both ways; from
 * any other it goes away.
 */
public final class ConnectionPipeline extends ChannelInitializer<Channel> {

  /** The name of the place from which the room writes, and members are read on. */
  static final String ROOM = "room";

  private final SeedRoom room;
  private final Limits limits;
  private final Duration registrationTimeout;
  private final RateLimit rateLimit;
  private final ConnectionLimits atOnce;
  private final ConnectionWatches watches;
  private final ConnectionLog log;
  private final @Nullable ServerTls tls;
  private final NoReadAfterEnd noReadAfterEnd = new NoReadAfterEnd();

  /**
   * @param room where members go
   * @param limits how long names and messages may be
   * @param registrationTimeout how long a connection may take to say its name, from the moment it
   *     was accepted
   * @param rateLimit how much members may say
   * @param atOnce how many connections there may be; knows whether a proxy is to tell their address
   * @param watches who looks after connections while they are silent
   * @param log what people get to read about connections
   * @param tls for peers that speak it; null is for none
   */
  public ConnectionPipeline(
      SeedRoom room,
      Limits limits,
      Duration registrationTimeout,
      RateLimit rateLimit,
      ConnectionLimits atOnce,
      ConnectionWatches watches,
      ConnectionLog log,
      @Nullable ServerTls tls) {
    this.room = room;
    this.limits = limits;
    this.registrationTimeout = registrationTimeout;
    this.rateLimit = rateLimit;
    this.atOnce = atOnce;
    this.watches = watches;
    this.log = log;
    this.tls = tls;
  }

  @Override
  protected void initChannel(Channel channel) {
    if (atOnce.proxied()) {
      channel.pipeline().addLast(new ProxyHeaderCheck(atOnce, log));
    }
    FrameDecoder decoder = FrameDecoder.ofClient(limits);
    IntSupplier undecrypted = () -> 0;
    if (tls != null) {
      TlsDoor door = new TlsDoor(tls, noReadAfterEnd);
      channel.pipeline().addLast(door);
      undecrypted = door::waitingBytes;
    }
    channel
        .pipeline()
        .addLast(ROOM, noReadAfterEnd)
        .addLast(decoder)
        .addLast(
            new WatchedConnection(watches.of(channel.eventLoop()), decoder, undecrypted, channel))
        .addLast(new RegistrationHandler(room, registrationTimeout, rateLimit, log));
  }
}
