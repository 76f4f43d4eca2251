package io.chatroom.server.names;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Groups addresses that count as one: those of a /64 network in IPv6, which one customer gets. */
final class Neighbours {

  private static final int NETWORK_BYTES = 8;
  private static final Object UNKNOWN = "unknown";

  private Neighbours() {}

  /** The common key of all addresses that count as this one. */
  static Object of(@Nullable InetAddress address) {
    if (address == null) {
      return UNKNOWN;
    }
    return address instanceof Inet6Address
        ? List.of("network", ByteBuffer.wrap(address.getAddress(), 0, NETWORK_BYTES).getLong())
        : address;
  }
}
