package io.chatroom.server.log.sql;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Unique random names, for epochs and for stores. */
public final class RandomName {

  private static final int BYTES = 8;
  private static final SecureRandom RANDOM = new SecureRandom();

  private RandomName() {}

  /** Returns a new name of 16 hexadecimal digits. */
  public static String next() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
