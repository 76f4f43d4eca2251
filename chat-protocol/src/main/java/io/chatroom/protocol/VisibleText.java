package io.chatroom.protocol;

import java.util.regex.Pattern;

/**
 * Makes strangers' texts safe to show (C-05). A terminal obeys escape sequences, a log trusts line
 * ends, and bidirectional overrides reverse a sentence. Such characters become visible escapes:
 * {@code \n}, {@code \x1b}, {@code \u202e}.
 *
 * <p>Letters of all scripts, combining marks and emoji do not change, nor do the two joiners that
 * scripts and emoji need (U+200C, U+200D). A backslash stays a backslash: the result is for people,
 * and cannot be parsed back. Pure functions, for any thread.
 *
 * <p>{@link #of} is the strict form, for logs and sentences. {@link #name} and {@link #message}
 * keep a little more for people.
 */
public final class VisibleText {

  private static final int TAB_STOP = 8;

  /** Maximum distance of a direction mark from the character that it affects. */
  private static final int MARK_REACH = 8;

  private static final int BLACK_FLAG = 0x1F3F4;
  private static final int FIRST_TAG = 0xE0000;
  private static final int END_TAG = 0xE007F;

  /** A part of a country in tags: {@code gbeng} is England. */
  private static final Pattern REGION = Pattern.compile("([a-z]{2}|[0-9]{3})[a-z0-9]{1,4}");

  private static final int LONGEST_REGION = 7;

  /** The use of a text. Each keeps everything that those before it keep, and more. */
  private enum Reader {
    LOG,
    NAME,
    MESSAGE
  }

  private VisibleText() {}

  /**
   * Returns the text with all characters escaped that could control a screen; the same object if
   * there are none.
   */
  public static String of(String text) {
    return visible(text, Reader.LOG);
  }

  /**
   * The same for a name that people see. Keeps the flags of England and other parts of countries,
   * which are a black flag with invisible tags (UTS #51, ED-14a); other tags are hidden text, and
   * are escaped.
   */
  public static String name(String text) {
    return visible(text, Reader.NAME);
  }

  /**
   * The same for a message that people read. Keeps flags; replaces a tab by spaces up to the next
   * tab stop, every eight columns from the start of the text; and keeps a direction mark (U+200E,
   * U+200F, U+061C) near a digit or a letter of a right-to-left script, where it has an effect.
   */
  public static String message(String text) {
    return visible(text, Reader.MESSAGE);
  }

  private static String visible(String text, Reader reader) {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (isHidden(c)) {
        return rewrite(text, i, reader);
      }
      i += Character.charCount(c);
    }
    return text;
  }

  private static String rewrite(String text, int firstHidden, Reader reader) {
    StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, firstHidden);
    int column = columns(out, 0);
    int i = firstHidden;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      int end = i + Character.charCount(c);
      int from = out.length();
      if (isHidden(c)) {
        int flagEnd = reader == Reader.LOG ? 0 : endOfFlag(text, i);
        if (flagEnd > 0) {
          end = flagEnd;
          out.append(text, i, end);
        } else if (reader == Reader.MESSAGE && c == '\t') {
          out.append(" ".repeat(TAB_STOP - column % TAB_STOP));
        } else if (reader == Reader.MESSAGE && isEffectiveMark(text, i, c)) {
          out.appendCodePoint(c);
        } else {
          appendEscape(out, c);
        }
      } else {
        out.appendCodePoint(c);
      }
      column += columns(out, from);
      i = end;
    }
    return out.toString();
  }

  /** The end of the tags that turn the black flag before them into another flag; 0 if none. */
  private static int endOfFlag(String text, int start) {
    if (start < 2 || text.codePointBefore(start) != BLACK_FLAG) {
      return 0;
    }
    StringBuilder region = new StringBuilder();
    for (int i = start; i < text.length() && region.length() <= LONGEST_REGION; i += 2) {
      int tag = text.codePointAt(i);
      if (tag == END_TAG) {
        return REGION.matcher(region).matches() ? i + 2 : 0;
      }
      if (tag < FIRST_TAG || tag > END_TAG) {
        return 0;
      }
      region.append((char) (tag - FIRST_TAG));
    }
    return 0;
  }

  /** The approximate width of the end of a text, for tab stops. */
  private static int columns(CharSequence text, int from) {
    return text.subSequence(from, text.length()).codePoints().map(VisibleText::columns).sum();
  }

  private static int columns(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
      default -> {
        boolean wide =
            Character.isIdeographic(c)
                || (c >= 0x1100 && c <= 0x115F) // Hangul letters, which form syllables
                || (c >= 0x3000 && c <= 0x30FF) // CJK punctuation, Hiragana and Katakana
                || (c >= 0xAC00 && c <= 0xD7A3) // Hangul syllables
                || (c >= 0xFF01 && c <= 0xFF60) // full-width forms of ASCII
                || (c >= 0x1F300 && c <= 0x1FAFF); // emoji
        yield wide ? 2 : 1;
      }
    };
  }

  /** True if the nearest letter or digit on either side depends on the direction. */
  private static boolean isEffectiveMark(String text, int i, int c) {
    if (c != 0x200E && c != 0x200F && c != 0x061C) {
      return false;
    }
    String before = text.substring(Math.max(0, i - MARK_REACH), i);
    String after = text.substring(i + 1, Math.min(text.length(), i + 1 + MARK_REACH));
    return dependsOnDirection(new StringBuilder(before).reverse()) || dependsOnDirection(after);
  }

  private static boolean dependsOnDirection(CharSequence neighbours) {
    return neighbours
        .codePoints()
        .filter(Character::isLetterOrDigit)
        .limit(1)
        .anyMatch(
            c ->
                Character.isDigit(c)
                    || Character.getDirectionality(c) == Character.DIRECTIONALITY_RIGHT_TO_LEFT
                    || Character.getDirectionality(c)
                        == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC);
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

  /** Format characters that are visible, or that words and emoji need. */
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
