package io.chatroom.protocol;

import java.util.regex.Pattern;

/**
 * Makes what strangers wrote safe to show (C-05). A terminal obeys escape sequences, a log believes
 * line ends, and bidirectional overrides turn a sentence around; here they become text that can be
 * seen: {@code \n}, {@code \x1b}, {@code \u202e}.
 *
 * <p>Letters of all scripts, combining marks and emoji stay as they are, and so do the two joiners
 * that scripts and emoji need (U+200C, U+200D). A backslash stays a backslash: this is for eyes,
 * not for parsing back. Pure functions, for any thread.
 *
 * <p>{@link #of} is the strict one, for logs and sentences. People get a little more: {@link #name}
 * and {@link #message}.
 */
public final class VisibleText {

  private static final int TAB_STOP = 8;

  /** As far as this a direction mark looks for what it may belong to, in characters. */
  private static final int MARK_REACH = 8;

  private static final int BLACK_FLAG = 0x1F3F4;
  private static final int FIRST_TAG = 0xE0000;
  private static final int END_TAG = 0xE007F;

  /** A part of a country, as tags spell it: {@code gbeng} is England. */
  private static final Pattern REGION = Pattern.compile("([a-z]{2}|[0-9]{3})[a-z0-9]{1,4}");

  private static final int LONGEST_REGION = 7;

  /** For whom a text is made visible. Each may see what those before it may, and more. */
  private enum Reader {
    LOG,
    NAME,
    MESSAGE
  }

  private VisibleText() {}

  /**
   * The text with everything that could steer its reader's screen made visible; the same object
   * where there is nothing.
   */
  public static String of(String text) {
    return visible(text, Reader.LOG);
  }

  /**
   * The same for a name that people see: the flags of England and other parts of countries are
   * whole. Those are a black flag with invisible tags (UTS #51, ED-14a); other tags are hidden text
   * and become visible.
   */
  public static String name(String text) {
    return visible(text, Reader.NAME);
  }

  /**
   * The same for a message that people read: besides flags, a tab is spaces up to the next of the
   * stops that stand every eight columns from where the text begins, and a mark of direction
   * (U+200E, U+200F, U+061C) stays where it can have a meaning, near a digit or a letter of a
   * script that runs from right to left.
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
        } else if (reader == Reader.MESSAGE && isWorkingMark(text, i, c)) {
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

  /** Where the tags end that make the black flag before them another flag, or 0. */
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

  /** How wide the end of a text is, without a table of all characters: for tab stops. */
  private static int columns(CharSequence text, int from) {
    return text.subSequence(from, text.length()).codePoints().map(VisibleText::columns).sum();
  }

  private static int columns(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
      default -> {
        boolean wide =
            Character.isIdeographic(c)
                || (c >= 0x1100 && c <= 0x115F) // Hangul that syllables are made of
                || (c >= 0x3000 && c <= 0x30FF) // punctuation and syllables beside ideographs
                || (c >= 0xAC00 && c <= 0xD7A3) // Hangul syllables
                || (c >= 0xFF01 && c <= 0xFF60) // the wide forms of ASCII
                || (c >= 0x1F300 && c <= 0x1FAFF); // emoji
        yield wide ? 2 : 1;
      }
    };
  }

  /** Whether the nearest letter or digit on either side is one that the direction matters to. */
  private static boolean isWorkingMark(String text, int i, int c) {
    if (c != 0x200E && c != 0x200F && c != 0x061C) {
      return false;
    }
    String before = text.substring(Math.max(0, i - MARK_REACH), i);
    String after = text.substring(i + 1, Math.min(text.length(), i + 1 + MARK_REACH));
    return mattersTo(new StringBuilder(before).reverse()) || mattersTo(after);
  }

  private static boolean mattersTo(CharSequence neighbours) {
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
