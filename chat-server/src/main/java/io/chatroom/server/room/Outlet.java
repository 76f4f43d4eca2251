package io.chatroom.server.room;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;

/**
 * What the room has to know of the way from where it writes to the network, where that is more than
 * a channel. Belongs to the event loop of the channel.
 */
public interface Outlet {

  /** Nothing stands in between. */
  Outlet DIRECT =
      new Outlet() {
        @Override
        public boolean hasPassedOnAll() {
          return true;
        }

        @Override
        public void endStream(Channel channel) {
          ((DuplexChannel) channel).shutdownOutput();
        }
      };

  /** Whether all that was written and flushed has reached the channel, or the channel has gone. */
  boolean hasPassedOnAll();

  /** Tells the other end that nothing follows what was written. */
  void endStream(Channel channel);
}
