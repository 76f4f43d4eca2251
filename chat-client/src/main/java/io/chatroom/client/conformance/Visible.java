package io.chatroom.client.conformance;

import java.util.Locale;

/**
 * Makes what a server sent fit to be shown. It comes from a stranger: it may be long, it may be no
 * text at all, and it may try to drive the terminal of whoever reads the report.
 */
public final class Visible {

  private static final int MAX_BYTES = 60;
  private static final int MAX_JSON_BYTES = 240;

  private Visible() {}

  /**
   * Bytes in quotes: printable ASCII as it is, everything else as {@code \n}, {@code \x1b} and so
   * on, cut after some sixty bytes with the whole length behind it.
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

  /** An object in JSON, whose own quotes and backslashes stay, cut after some 240 bytes. */
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
