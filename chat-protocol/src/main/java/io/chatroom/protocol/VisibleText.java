package io.chatroom.protocol;

/**
 * Makes what strangers wrote safe to show (C-05). A terminal obeys escape sequences, a log believes
 * line ends, and bidirectional overrides turn a sentence around; here they become text that can be
 * seen: {@code \n}, {@code \x1b}, {@code \u202e}.
 *
 * <p>Letters of all scripts, combining marks and emoji stay as they are, and so do the two joiners
 * that scripts and emoji need (U+200C, U+200D). A backslash stays a backslash: this is for eyes,
 * not for parsing back. A pure function, for any thread.
 */
public final class VisibleText {

  private VisibleText() {}

  /**
   * The text with everything that could steer its reader's screen made visible; the same object
   * where there is nothing.
   */
  public static String of(String text) {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (isHidden(c)) {
        return escape(text, i);
      }
      i += Character.charCount(c);
    }
    return text;
  }

  private static String escape(String text, int firstHidden) {
    StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, firstHidden);
    text.codePoints()
        .skip(text.codePointCount(0, firstHidden))
        .forEach(
            c -> {
              if (isHidden(c)) {
                appendEscape(out, c);
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }

  private static void appendEscape(StringBuilder out, int c) {
    switch (c) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        if (c <= 0xFF) {
          out.append(String.format("\\x%02x", c));
        } else if (c <= 0xFFFF) {
          out.append(String.format("\\u%04x", c));
        } else {
          out.append(String.format("\\u{%x}", c));
        }
      }
    }
  }

  private static boolean isHidden(int c) {
    if (c < 0x7F) {
      return c < ' ';
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      case Character.FORMAT -> !isVisibleFormat(c);
      default -> false;
    };
  }

  /**
   * Format characters that have a shape of their own, or that words and emoji cannot do without.
   */
  private static boolean isVisibleFormat(int c) {
    return c == 0x200C
        || c == 0x200D
        || (c >= 0x0600 && c <= 0x0605)
        || c == 0x06DD
        || c == 0x070F
        || c == 0x08E2
        || c == 0x110BD
        || c == 0x110CD;
  }
}
