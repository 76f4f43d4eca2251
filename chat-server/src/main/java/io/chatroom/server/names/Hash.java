package io.chatroom.server.names;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/** The hash of a secret, compared in constant time. Immutable. */
final class Hash {

  private final byte[] bytes;

  /**
   * @param bytes not copied
   */
  Hash(byte[] bytes) {
    this.bytes = bytes;
  }

  static Hash of(String hex) {
    return new Hash(HexFormat.of().parseHex(hex));
  }

  String hex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Hash hash && MessageDigest.isEqual(hash.bytes, bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Omits the bytes. */
  @Override
  public String toString() {
    return "Hash";
  }
}
