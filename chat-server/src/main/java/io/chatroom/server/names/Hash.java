package io.chatroom.server.names;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/** What is kept of a secret. Two are compared in a time that tells nothing. Immutable. */
final class Hash {

  private final byte[] bytes;

  /**
   * @param bytes taken over
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

  /** It is no secret, and nobody has to read it. */
  @Override
  public String toString() {
    return "Hash";
  }
}
