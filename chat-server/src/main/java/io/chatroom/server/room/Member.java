package io.chatroom.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;

/**
 * Somebody in the room: a connection with a name. All methods belong to the event loop of its
 * channel.
 */
public final class Member {

  private final Channel channel;
  private final String name;
  private final byte[] nameFrame;
  private final Broadcaster broadcaster;
  private final Backlog backlog;

  Member(Channel channel, String name, ByteBuf nameFrame, Broadcaster broadcaster) {
    this.channel = channel;
    this.name = name;
    this.nameFrame = ByteBufUtil.getBytes(nameFrame);
    this.broadcaster = broadcaster;
    this.backlog = new Backlog(this, broadcaster);
  }

  /** What it calls itself: a stranger's text, not unique, not an identity. */
  public String name() {
    return name;
  }

  /**
   * Says something to everybody else.
   *
   * @param messageFrame the message as it goes over the wire; copied
   */
  public void say(ByteBuf messageFrame) {
    broadcaster.accept(this, messageFrame);
  }

  /**
   * Must be called whenever the channel's writability changes: that is how the room learns who does
   * not keep up.
   */
  public void writabilityChanged() {
    backlog.writabilityChanged(channel.isWritable());
  }

  /** Must be called when the channel has closed: a member that is gone slows nobody. */
  public void left() {
    backlog.close();
  }

  Channel channel() {
    return channel;
  }

  byte[] nameFrame() {
    return nameFrame;
  }
}
