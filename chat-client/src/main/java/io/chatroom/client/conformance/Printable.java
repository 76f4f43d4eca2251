package io.chatroom.client.conformance;

import java.util.Locale;

/**
 * Formats what a server sent for a terminal. It is untrusted: it may be long, it may not be text,
 * and it may contain terminal escape sequences.
 */
public final class Printable {

  private static final int MAX_BYTES = 60;
  private static final int MAX_JSON_BYTES = 240;

  private Printable() {}

  /**
   * Quotes bytes: printable ASCII unchanged, everything else as {@code \n}, {@code \x1b} and so on.
   * A longer value is cut after 60 bytes and followed by its length.
   */
  public static String bytes(Bytes bytes) {
    StringBuilder text = new StringBuilder("\"");
    int shown = Math.min(bytes.length(), MAX_BYTES);
    for (int i = 0; i < shown; i++) {
      append(text, bytes.at(i));
    }
    text.append('"');
    if (shown < bytes.length()) {
      text.append(String.format(Locale.ROOT, "... (%,d bytes)", bytes.length()));
    }
    return text.toString();
  }

  /**
   * Formats a JSON object, with its own quotes and backslashes unchanged. A longer one is cut after
   * 240 bytes and followed by its length.
   */
  public static String json(Bytes bytes) {
    StringBuilder text = new StringBuilder();
    int shown = Math.min(bytes.length(), MAX_JSON_BYTES);
    for (int i = 0; i < shown; i++) {
      byte b = bytes.at(i);
      if (b >= 0x20 && b < 0x7f) {
        text.append((char) b);
      } else {
        append(text, b);
      }
    }
    if (shown < bytes.length()) {
      text.append(String.format(Locale.ROOT, "... (%,d bytes)", bytes.length()));
    }
    return text.toString();
  }

  private static void append(StringBuilder text, byte b) {
    switch (b) {
      case '"' -> text.append("\\\"");
      case '\\' -> text.append("\\\\");
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      case '\t' -> text.append("\\t");
      default -> {
        if (b >= 0x20 && b < 0x7f) {
          text.append((char) b);
        } else {
          text.append(String.format(Locale.ROOT, "\\x%02x", b));
        }
      }
    }
  }
}
