package io.chatroom.server.hooks;

import java.net.Inet6Address;
import java.net.InetAddress;

/** Tells public addresses from private ones, where services may trust any local client. */
final class PublicAddress {

  private PublicAddress() {}

  /** Returns true if an address is certainly public. */
  static boolean is(InetAddress address) {
    if (address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()) {
      return false;
    }
    byte[] bytes = address.getAddress();
    return address instanceof Inet6Address ? isPublic6(bytes) : isPublic4(bytes);
  }

  private static boolean isPublic4(byte[] bytes) {
    int first = bytes[0] & 0xff;
    int second = bytes[1] & 0xff;
    int third = bytes[2] & 0xff;
    return first != 0
        && first < 240 // reserved, and broadcast
        && !(first == 100 && second >= 64 && second < 128) // carrier-grade NAT
        && !(first == 192 && second == 0 && third == 0) // protocol assignments
        && !(first == 192 && second == 0 && third == 2) // documentation, like two more below
        && !(first == 198 && (second == 18 || second == 19)) // benchmarks
        && !(first == 198 && second == 51 && third == 100)
        && !(first == 203 && second == 0 && third == 113);
  }

  /** 2000::/3, without ranges for embedded IPv4 addresses and for documentation. */
  private static boolean isPublic6(byte[] bytes) {
    int first = (bytes[0] & 0xff) << 8 | (bytes[1] & 0xff);
    int second = (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
    boolean isGlobal = first >>> 13 == 1;
    boolean isTunnel = first == 0x2002 || (first == 0x2001 && second == 0);
    return isGlobal && !isTunnel && !(first == 0x2001 && second == 0x0db8);
  }
}
