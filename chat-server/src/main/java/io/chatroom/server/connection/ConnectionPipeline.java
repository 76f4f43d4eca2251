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
 * <p>Nothing stands on the way out: the room writes finished bytes.
 */
public final class ConnectionPipeline extends ChannelInitializer<Channel> {

  private final Room room;
  private final Limits limits;
  private final Duration registrationTimeout;
  private final RateLimit rateLimit;
  private final ConnectionLog log;
  private final NoReadAfterEnd noReadAfterEnd = new NoReadAfterEnd();

  /**
   * @param room where members go
   * @param limits how long names and messages may be
   * @param registrationTimeout how long a connection may take to say its name, from the moment it
   *     was accepted
   * @param rateLimit how much members may say
   * @param log what people get to read about connections
   */
  public ConnectionPipeline(
      Room room,
      Limits limits,
      Duration registrationTimeout,
      RateLimit rateLimit,
      ConnectionLog log) {
    this.room = room;
    this.limits = limits;
    this.registrationTimeout = registrationTimeout;
    this.rateLimit = rateLimit;
    this.log = log;
  }

  @Override
  protected void initChannel(Channel channel) {
    channel
        .pipeline()
        .addLast(noReadAfterEnd)
        .addLast(FrameDecoder.ofClient(limits))
        .addLast(new RegistrationHandler(room, registrationTimeout, rateLimit, log));
  }
}
