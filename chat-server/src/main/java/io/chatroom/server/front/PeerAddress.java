package io.chatroom.server.front;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection comes from: what a proxy says of it, where one may, else what the operating
 * system says.
 */
final class PeerAddress {

  private static final AttributeKey<InetSocketAddress> BEHIND_PROXY =
      AttributeKey.valueOf(PeerAddress.class, "behindProxy");

  private PeerAddress() {}

  static void behindProxy(Channel channel, InetSocketAddress address) {
    channel.attr(BEHIND_PROXY).set(address);
  }

  /** Null if nobody knows. */
  static @Nullable InetSocketAddress of(Channel channel) {
    if (channel.hasAttr(BEHIND_PROXY)) {
      return channel.attr(BEHIND_PROXY).get();
    }
    return channel.remoteAddress() instanceof InetSocketAddress remote ? remote : null;
  }
}
