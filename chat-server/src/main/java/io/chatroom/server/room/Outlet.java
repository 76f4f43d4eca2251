package io.chatroom.server.room;

import io.netty.channel.ChannelFuture;

/**
 * The way from a room to the network of one connection: the only thing through which a room writes.
 * Belongs to the event loop of its channel.
 */
public interface Outlet {

  /** Whether the network has taken all it was given; also when the connection has gone. */
  boolean hasTakenAll();

  /**
   * Sends bytes off, behind all that was sent before. What the network does not take at once waits
   * in the channel, with references of its own. An error closes the connection and nothing else.
   */
  void send(Pieces pieces);

  /** The answer is done when the network has taken all that was sent. */
  ChannelFuture taken();

  /** Tells the other end that nothing follows what was sent. */
  void endStream();
}
