package io.chatroom.client.terminal;

import io.chatroom.protocol.VisibleText;
import java.lang.Character.UnicodeScript;

/**
 * What strangers wrote, as a person may see it: made safe by {@link VisibleText}, and beyond that
 * without what only deceives eyes. Towers of combining marks end after a few and say how many more
 * there were. Characters without a shape, which would make one name look like another, are written
 * as escapes: blank letters, joiners where nothing can be joined, and selectors of a form where
 * there is but one.
 */
final class Shown {

  /** More than any language puts on one letter. */
  private static final int MAX_MARKS = 6;

  private Shown() {}

  /** A message or a sentence, safe to show; the same object where there is nothing to change. */
  static String of(String text) {
    return withoutDeceit(VisibleText.message(text));
  }

  /** A name, safe to show, and so that names that differ look different as far as this can see. */
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

  /** Letters and marks that no font draws. */
  private static boolean isBlank(int c) {
    return switch (c) {
      case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0 -> true;
      default -> false;
    };
  }

  /**
   * Arabic, Indic scripts and emoji need joiners; between these letters they are only invisible.
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

  /** Emoji, keycaps and Han have several forms to select from; after these there is only one. */
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
