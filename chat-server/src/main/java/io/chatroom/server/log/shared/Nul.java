package io.chatroom.server.log.shared;

import org.jspecify.annotations.Nullable;

/**
 * Escapes U+0000, which PostgreSQL cannot store in a text. U+0000 becomes U+0001 and the digit
 * zero, and U+0001 becomes U+0001 and the digit one. Nearly all texts contain neither and are
 * stored unchanged.
 */
public final class Nul {

  private Nul() {}

  /** Escapes a text; null remains null. */
  public static @Nullable String escapeOrNull(@Nullable String text) {
    return text == null ? null : escape(text);
  }

  /** Escapes a text. */
  public static String escape(String text) {
    if (text.indexOf('\0') < 0 && text.indexOf('\1') < 0) {
      return text;
    }
    StringBuilder escaped = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > '\1') {
        escaped.append(c);
      } else {
        escaped.append('\1').append(c == '\0' ? '0' : '1');
      }
    }
    return escaped.toString();
  }

  /** Unescapes a stored text. */
  public static String unescape(String stored) {
    if (stored.indexOf('\1') < 0) {
      return stored;
    }
    StringBuilder text = new StringBuilder(stored.length());
    for (int i = 0; i < stored.length(); i++) {
      char c = stored.charAt(i);
      if (c == '\1' && i + 1 < stored.length()) {
        i++;
        text.append(stored.charAt(i) == '0' ? '\0' : '\1');
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
