package io.chatroom.server.log.sql;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The stored form of a client. A client is normally 128 random bits in hexadecimal, stored in 16
 * bytes instead of 32; any other text is stored unchanged with a mark, and never 16 bytes long.
 */
public final class ClientKey {

  private static final int BYTES = 16;

  private ClientKey() {}

  /** Encodes a client. */
  public static byte[] of(String client) {
    if (isHex(client)) {
      return HexFormat.of().parseHex(client);
    }
    byte[] text = client.getBytes(StandardCharsets.UTF_8);
    byte mark = (byte) (text.length + 1 == BYTES ? 2 : 1);
    byte[] key = new byte[mark + text.length];
    Arrays.fill(key, 0, mark, mark);
    System.arraycopy(text, 0, key, mark, text.length);
    return key;
  }

  private static boolean isHex(String client) {
    for (int i = 0; i < client.length(); i++) {
      char digit = client.charAt(i);
      if ((digit < '0' || digit > '9') && (digit < 'a' || digit > 'f')) {
        return false;
      }
    }
    return client.length() == 2 * BYTES;
  }

  /** Decodes a client. */
  public static String client(byte[] key) {
    if (key.length == BYTES) {
      return HexFormat.of().formatHex(key);
    }
    return new String(key, key[0], key.length - key[0], StandardCharsets.UTF_8);
  }
}
