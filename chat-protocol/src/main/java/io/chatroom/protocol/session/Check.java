package io.chatroom.protocol.session;

import io.chatroom.protocol.VisibleText;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks the limits of fields when records are made. A violation throws an {@link
 * IllegalArgumentException} whose message is one sentence for people, safe to print.
 */
final class Check {

  private static final Pattern WORD = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
  private static final Pattern EPOCH = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final int SHOWN_CHARS = 40;

  private Check() {}

  /**
   * The size of a text in UTF-8, in bytes.
   *
   * @return -1 if the text has half a surrogate pair, which has no UTF-8
   */
  static int utf8Length(String text) {
    int bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        continue;
      }
      if (c < 0x800) {
        bytes++;
      } else if (!Character.isSurrogate(c)) {
        bytes += 2;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        bytes += 2; // two chars, four bytes
        i++;
      } else {
        return -1;
      }
    }
    return bytes;
  }

  /** A text of any length, without halves of surrogate pairs. */
  static String text(String field, String value) {
    if (utf8Length(value) < 0) {
      throw new IllegalArgumentException(
          field + " has half a surrogate pair in it, expected whole characters");
    }
    return value;
  }

  /** A text whose UTF-8 is within these limits. */
  static String text(String field, String value, int minBytes, int maxBytes) {
    int bytes = utf8Length(text(field, value));
    if (bytes < minBytes || bytes > maxBytes) {
      throw new IllegalArgumentException(
          field + " has " + bytes + " bytes, expected " + minBytes + " to " + maxBytes);
    }
    return value;
  }

  static @Nullable String optionalText(
      String field, @Nullable String value, int minBytes, int maxBytes) {
    return value == null ? null : text(field, value, minBytes, maxBytes);
  }

  /** A word of a list that can grow: a code, a kind, a reason. */
  static String word(String field, String value) {
    if (!WORD.matcher(value).matches()) {
      throw new IllegalArgumentException(
          field
              + " is "
              + show(value)
              + ", expected a word of 1 to 64 lower-case letters, digits and hyphens");
    }
    return value;
  }

  static String epoch(String field, String value) {
    if (!EPOCH.matcher(value).matches()) {
      throw new IllegalArgumentException(
          field
              + " is "
              + show(value)
              + ", expected 1 to 64 letters, digits, hyphens and underscores of ASCII");
    }
    return value;
  }

  static long integer(String field, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          field + " is " + value + ", expected an integer of " + min + " to " + max);
    }
    return value;
  }

  /** An integer that the numbers of every language can hold: 0 to 2^53 - 1. */
  static long integer(String field, long value) {
    return integer(field, value, 0, SessionLimits.MAX_INTEGER);
  }

  static @Nullable Long optionalInteger(String field, @Nullable Long value, long min) {
    if (value != null) {
      integer(field, value, min, SessionLimits.MAX_INTEGER);
    }
    return value;
  }

  static <T> List<T> list(String field, List<T> value, int maxEntries) {
    if (value.size() > maxEntries) {
      throw new IllegalArgumentException(
          field + " has " + value.size() + " entries, expected at most " + maxEntries);
    }
    return List.copyOf(value);
  }

  static void that(boolean right, String sentence) {
    if (!right) {
      throw new IllegalArgumentException(sentence);
    }
  }

  /** A stranger's text in quotes, shortened, and safe to print. */
  static String show(String value) {
    int end = Math.min(value.length(), SHOWN_CHARS);
    String visible = VisibleText.of(value.substring(0, end));
    return "\"" + visible + (end < value.length() ? "…" : "") + "\"";
  }
}
