package io.chatroom.server.front;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** The address of a peer: as sent by a trusted proxy, else from the operating system. */
public final class PeerAddress {

  private static final AttributeKey<InetSocketAddress> BEHIND_PROXY =
      AttributeKey.valueOf(PeerAddress.class, "behindProxy");

  private PeerAddress() {}

  static void behindProxy(Channel channel, InetSocketAddress address) {
    channel.attr(BEHIND_PROXY).set(address);
  }

  /** The address and port; null if unknown. */
  static @Nullable InetSocketAddress of(Channel channel) {
    if (channel.hasAttr(BEHIND_PROXY)) {
      return channel.attr(BEHIND_PROXY).get();
    }
    return channel.remoteAddress() instanceof InetSocketAddress remote ? remote : null;
  }

  /** The address without the port; null if unknown. */
  public static @Nullable InetAddress addressOf(Channel channel) {
    InetSocketAddress address = of(channel);
    return address == null ? null : address.getAddress();
  }

  /** The address and port, for people. */
  public static String withPort(Channel channel) {
    InetSocketAddress address = of(channel);
    return address == null ? "unknown" : NetUtil.toSocketAddressString(address);
  }

  /** The address without the port, for people. */
  public static String withoutPort(Channel channel) {
    InetSocketAddress address = of(channel);
    return address == null ? "unknown" : NetUtil.toAddressString(address.getAddress());
  }
}
