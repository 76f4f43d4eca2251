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
  private final ConnectionLog log;

  /**
   * @param room where members go
   * @param limits how long names and messages may be
   * @param registrationTimeout how long a connection may take to say its name, from the moment it
   *     was accepted
   * @param log what people get to read about connections
   */
  public ConnectionPipeline(
      Room room, Limits limits, Duration registrationTimeout, ConnectionLog log) {
    this.room = room;
    this.limits = limits;
    this.registrationTimeout = registrationTimeout;
    this.log = log;
  }

  @Override
  protected void initChannel(Channel channel) {
    channel
        .pipeline()
        .addLast(FrameDecoder.ofClient(limits))
        .addLast(new RegistrationHandler(room, registrationTimeout, log));
  }
}
