package io.chatroom.client.terminal;

import io.chatroom.protocol.VisibleText;
import java.lang.Character.UnicodeScript;

/**
 * Text of strangers, as a person may see it: made safe by {@link VisibleText}, and without
 * characters that only deceive. Towers of combining marks are cut after a few, with a count of the
 * rest. Invisible characters, which would make one name look like another, become escapes: blank
 * letters, joiners with nothing to join, and variation selectors without a variant.
 */
final class Shown {

  /** More marks than any language puts on one letter. */
  private static final int MAX_MARKS = 6;

  private Shown() {}

  /** A message or a sentence, safe to show; the same object if nothing changes. */
  static String of(String text) {
    return withoutDeceit(VisibleText.message(text));
  }

  /** A name, safe to show, such that different names look different as far as possible. */
  static String name(String name) {
    return withoutDeceit(VisibleText.name(name));
  }

  private static String withoutDeceit(String visible) {
    int marks = 0;
    for (int i = 0; i < visible.length(); ) {
      int c = visible.codePointAt(i);
      marks = isMark(c) ? marks + 1 : 0;
      if (marks > MAX_MARKS || isShapeless(visible, i, c)) {
        return rewrite(visible);
      }
      i += Character.charCount(c);
    }
    return visible;
  }

  private static String rewrite(String visible) {
    StringBuilder out = new StringBuilder(visible.length() + 16);
    int marks = 0;
    for (int i = 0; i < visible.length(); ) {
      int c = visible.codePointAt(i);
      if (isMark(c)) {
        marks++;
      } else {
        tellOfMore(out, marks);
        marks = 0;
      }
      if (isShapeless(visible, i, c)) {
        out.append(String.format(c <= 0xFFFF ? "\\u%04x" : "\\u{%x}", c));
      } else if (marks <= MAX_MARKS) {
        out.appendCodePoint(c);
      }
      i += Character.charCount(c);
    }
    tellOfMore(out, marks);
    return out.toString();
  }

  private static void tellOfMore(StringBuilder out, int marks) {
    if (marks > MAX_MARKS) {
      out.append("{+").append(marks - MAX_MARKS).append(" marks}");
    }
  }

  private static boolean isMark(int c) {
    if (c < 0x300) {
      return false;
    }
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
  }

  private static boolean isShapeless(String text, int i, int c) {
    return isBlank(c) || isIdleJoiner(text, i, c) || isIdleSelector(text, i, c);
  }

  /** Letters and marks that are invisible in any font. */
  private static boolean isBlank(int c) {
    return switch (c) {
      case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0 -> true;
      default -> false;
    };
  }

  /**
   * Arabic, Indic scripts and emoji need joiners; between these letters they are just invisible.
   */
  private static boolean isIdleJoiner(String text, int i, int c) {
    if (c != 0x200C && c != 0x200D) {
      return false;
    }
    return i == 0
        || i + 1 == text.length()
        || joinsNothing(text.codePointBefore(i))
        || joinsNothing(text.codePointAt(i + 1));
  }

  /** Emoji, keycaps and Han have variants to select; these characters do not. */
  private static boolean isIdleSelector(String text, int i, int c) {
    if (!((c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF))) {
      return false;
    }
    int next = i + Character.charCount(c);
    boolean keycap = next < text.length() && text.charAt(next) == 0x20E3;
    return i == 0
        || isMark(text.codePointBefore(i))
        || (joinsNothing(text.codePointBefore(i)) && !keycap);
  }

  private static boolean joinsNothing(int c) {
    if (c < 0x80) {
      return true;
    }
    return switch (UnicodeScript.of(c)) {
      case LATIN, GREEK, CYRILLIC -> true;
      default -> c == 0x200C || c == 0x200D;
    };
  }
}
