package io.chatroom.server.names;

import io.chatroom.protocol.VisibleText;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IP network or a single address. Immutable.
 *
 * @param first its first address
 * @param prefix the length of the prefix in bits
 */
record Network(InetAddress first, int prefix) {

  private static final Pattern LITERAL =
      Pattern.compile("((?:\\d{1,3}\\.){3}\\d{1,3}|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)(?:/(\\d{1,3}))?");

  /**
   * The shortest prefix: a larger network is most likely a mistake, and would ban half the world.
   */
  private static final int SHORTEST_4 = 8;

  private static final int SHORTEST_6 = 16;

  /** The prefix length that one customer gets in IPv6. */
  private static final int CUSTOMER_6 = 64;

  private static final int BITS_4 = 32;
  private static final int MAPPED_BYTES = 12;

  /**
   * Reads a network or an address.
   *
   * @throws IllegalArgumentException if it is malformed; the message is one sentence for people
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

  /** Returns true if a text looks like an address or a network. */
  static boolean isOne(String text) {
    return LITERAL.matcher(text).matches();
  }

  private static IllegalArgumentException wrong(String literal) {
    return new IllegalArgumentException(
        "\""
            + VisibleText.of(literal)
            + "\" is not an IP address or network, expected one such as 192.0.2.7 or 2001:db8::/48.");
  }

  /** The network of one person: an IPv4 address, or an IPv6 network. */
  static Network ofPerson(InetAddress address) {
    boolean is4 = plain(address.getAddress()).length * 8 == BITS_4;
    return of(address, is4 ? BITS_4 : CUSTOMER_6);
  }

  /**
   * The network around an address with a prefix of this length, or the address itself if it is
   * shorter.
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
      throw new IllegalStateException(e); // the length is valid
    }
  }

  /** Its canonical form: {@code 192.0.2.0/24}. */
  String text() {
    return first.getHostAddress() + "/" + prefix;
  }

  /** Returns true if an address is in it. Called for each present person, so it must be fast. */
  boolean contains(InetAddress address) {
    byte[] mine = first.getAddress();
    byte[] other = plain(address.getAddress());
    int whole = prefix / 8;
    int rest = prefix % 8;
    return mine.length == other.length
        && Arrays.equals(mine, 0, whole, other, 0, whole)
        && (rest == 0 || (mine[whole] ^ other[whole]) >> (8 - rest) == 0);
  }

  /** Converts an IPv4-mapped IPv6 address. */
  private static byte[] plain(byte[] bytes) {
    for (int i = 0; i < MAPPED_BYTES; i++) {
      if (bytes.length <= MAPPED_BYTES || bytes[i] != (byte) (i < 10 ? 0 : 0xFF)) {
        return bytes;
      }
    }
    return new byte[] {bytes[12], bytes[13], bytes[14], bytes[15]};
  }
}
