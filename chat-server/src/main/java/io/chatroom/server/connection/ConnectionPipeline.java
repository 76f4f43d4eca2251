package io.chatroom.server.connection;

import io.chatroom.protocol.FrameDecoder;
import io.chatroom.protocol.Limits;
import io.chatroom.server.room.Room;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.time.Duration;

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
 */
public final class ConnectionPipeline extends ChannelInitializer<Channel> {

  private final Room room;
  private final Limits limits;
  private final Duration registrationTimeout;
  private final RateLimit rateLimit;
  private final ConnectionLimits atOnce;
  private final ConnectionWatches watches;
  private final ConnectionLog log;
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
   */
  public ConnectionPipeline(
      Room room,
      Limits limits,
      Duration registrationTimeout,
      RateLimit rateLimit,
      ConnectionLimits atOnce,
      ConnectionWatches watches,
      ConnectionLog log) {
    this.room = room;
    this.limits = limits;
    this.registrationTimeout = registrationTimeout;
    this.rateLimit = rateLimit;
    this.atOnce = atOnce;
    this.watches = watches;
    this.log = log;
  }

  @Override
  protected void initChannel(Channel channel) {
    if (atOnce.proxied()) {
      channel.pipeline().addLast(new ProxyHeaderCheck(atOnce, log));
    }
    FrameDecoder decoder = FrameDecoder.ofClient(limits);
    channel
        .pipeline()
        .addLast(noReadAfterEnd)
        .addLast(decoder)
        .addLast(new WatchedConnection(watches.of(channel.eventLoop()), decoder, channel))
        .addLast(new RegistrationHandler(room, registrationTimeout, rateLimit, log));
  }
}
