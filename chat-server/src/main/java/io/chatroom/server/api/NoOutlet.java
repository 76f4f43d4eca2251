package io.chatroom.server.api;

import io.chatroom.server.room.Outlet;
import io.chatroom.server.room.Pieces;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;

/** The outlet of a request whose answer is an object: rooms never write to it. */
final class NoOutlet implements Outlet {

  private final Channel channel;

  NoOutlet(Channel channel) {
    this.channel = channel;
  }

  @Override
  public boolean hasTakenAll() {
    return true;
  }

  @Override
  public void send(Pieces pieces) {}

  @Override
  public ChannelFuture taken() {
    return channel.newSucceededFuture();
  }

  @Override
  public void endStream() {}
}
