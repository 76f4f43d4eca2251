package io.chatroom.server.room;

import io.netty.channel.ChannelFuture;

/**
 * Writes to one connection. Rooms write through nothing else. Belongs to the event loop of its
 * channel.
 */
public interface Outlet {

  /** Returns true if the network has taken everything that was sent, or the connection is gone. */
  boolean hasTakenAll();

  /**
   * Sends bytes, after all that were sent before. What the network does not take at once waits in
   * the channel, with references of its own. An error closes the connection and has no other
   * effect.
   */
  void send(Pieces pieces);

  /** The future completes when the network has taken everything that was sent. */
  ChannelFuture taken();

  /** Ends the outgoing stream after everything that was sent. */
  void endStream();
}
