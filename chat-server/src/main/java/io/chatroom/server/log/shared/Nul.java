package io.chatroom.server.log.shared;

import org.jspecify.annotations.Nullable;

/**
 * A text of PostgreSQL holds every character but U+0000, and what people say may hold that, too. So
 * U+0000 is stored as U+0001 and a zero, and U+0001 as U+0001 and a one. A text without the two,
 * which is nearly every one, is stored as it is.
 */
public final class Nul {

  private Nul() {}

  /** What is stored for a text. */
  public static @Nullable String hideIn(@Nullable String text) {
    return text == null ? null : hide(text);
  }

  /** What is stored for a text. */
  public static String hide(String text) {
    if (text.indexOf('\0') < 0 && text.indexOf('\1') < 0) {
      return text;
    }
    StringBuilder hidden = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > '\1') {
        hidden.append(c);
      } else {
        hidden.append('\1').append(c == '\0' ? '0' : '1');
      }
    }
    return hidden.toString();
  }

  /** The text of what is stored. */
  public static String show(String stored) {
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
