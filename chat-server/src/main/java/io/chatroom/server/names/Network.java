package io.chatroom.server.names;

import io.chatroom.protocol.VisibleText;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IP address, or all that begin alike. Immutable.
 *
 * @param first its first address
 * @param prefix how many bits they have in common
 */
record Network(InetAddress first, int prefix) {

  private static final Pattern LITERAL =
      Pattern.compile("((?:\\d{1,3}\\.){3}\\d{1,3}|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)(?:/(\\d{1,3}))?");

  /** A larger one is most likely a slip, and would shut out half of the world. */
  private static final int SHORTEST_4 = 8;

  private static final int SHORTEST_6 = 16;

  /** What one customer gets of IPv6. */
  private static final int CUSTOMER_6 = 64;

  private static final int BITS_4 = 32;
  private static final int MAPPED_BYTES = 12;

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if it is none; the message is one sentence for people
   */
  static Network of(String literal) {
    Matcher matcher = LITERAL.matcher(literal);
    if (!matcher.matches()) {
      throw wrong(literal);
    }
    InetAddress address;
    try {
      address = InetAddress.getByName(matcher.group(1)); // a literal: no name is looked up
    } catch (UnknownHostException e) {
      throw wrong(literal);
    }
    int bits = address.getAddress().length * 8;
    int prefix = matcher.group(2) == null ? bits : Integer.parseInt(matcher.group(2));
    int shortest = bits == BITS_4 ? SHORTEST_4 : SHORTEST_6;
    if (prefix < shortest || prefix > bits) {
      throw new IllegalArgumentException(
          "The network "
              + literal
              + " has a prefix of "
              + prefix
              + " bits, expected "
              + shortest
              + " to "
              + bits
              + ".");
    }
    return of(address, prefix);
  }

  /** Whether people would take this for one. */
  static boolean isOne(String text) {
    return LITERAL.matcher(text).matches();
  }

  private static IllegalArgumentException wrong(String literal) {
    return new IllegalArgumentException(
        "\""
            + VisibleText.of(literal)
            + "\" is no IP address or network, expected one such as 192.0.2.7 or 2001:db8::/48.");
  }

  /** What one person has: an address of IPv4, or a network of IPv6. */
  static Network ofPerson(InetAddress address) {
    boolean is4 = plain(address.getAddress()).length * 8 == BITS_4;
    return of(address, is4 ? BITS_4 : CUSTOMER_6);
  }

  /**
   * The network of an address that has a prefix of so many bits, or the address if it is shorter.
   */
  static Network of(InetAddress address, int prefix) {
    byte[] bytes = plain(address.getAddress());
    int bits = Math.min(prefix, bytes.length * 8);
    for (int i = 0; i < bytes.length; i++) {
      int kept = Math.max(0, Math.min(8, bits - 8 * i));
      bytes[i] &= (byte) (0xFF << (8 - kept));
    }
    try {
      return new Network(InetAddress.getByAddress(bytes), bits);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // the length is right
    }
  }

  /** How it is written, in one way only: {@code 192.0.2.0/24}. */
  String text() {
    return first.getHostAddress() + "/" + prefix;
  }

  /** Whether an address is in it. It is asked for each who is here. */
  boolean contains(InetAddress address) {
    byte[] mine = first.getAddress();
    byte[] other = plain(address.getAddress());
    int whole = prefix / 8;
    int rest = prefix % 8;
    return mine.length == other.length
        && Arrays.equals(mine, 0, whole, other, 0, whole)
        && (rest == 0 || (mine[whole] ^ other[whole]) >> (8 - rest) == 0);
  }

  /** An address of IPv4 may come as one of IPv6. */
  private static byte[] plain(byte[] bytes) {
    for (int i = 0; i < MAPPED_BYTES; i++) {
      if (bytes.length <= MAPPED_BYTES || bytes[i] != (byte) (i < 10 ? 0 : 0xFF)) {
        return bytes;
      }
    }
    return new byte[] {bytes[12], bytes[13], bytes[14], bytes[15]};
  }
}
