package io.chatroom.protocol.session;

import java.text.Normalizer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The name of a room: 1 to 64 bytes of letters and digits of any script, {@code .}, {@code _} and
 * {@code -}; or {@code @} and a person's name, for a private room (S-16, S-17).
 *
 * <p>Two names are equal if their keys are equal. A key is in NFKC and case-folded, so that {@code
 * Ｌobby}, {@code LOBBY} and {@code lobby} are one room; {@link #text} is the name as written.
 * Immutable: threads may share it.
 */
public final class RoomName {

  private static final String EXPECTED =
      ", expected 1 to 64 bytes of letters, digits, \".\", \"_\" or \"-\", and \"@\" only in front"
          + " of somebody's name";

  private final String text;
  private final String key;

  private RoomName(String text, String key) {
    this.text = text;
    this.key = key;
  }

  /**
   * Reads a name.
   *
   * @throws IllegalArgumentException if it is not one; the message is one sentence, safe to print
   */
  public static RoomName of(String text) {
    return of("room", text);
  }

  /** Reads the name of a room that everybody can join; null if the text is no such name. */
  public static @Nullable RoomName ofOpenRoom(String text) {
    try {
      RoomName room = of(text);
      return room.isPrivate() ? null : room;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  static RoomName of(String field, String text) {
    int first = text.startsWith("@") ? 1 : 0;
    int bytes = Check.utf8Length(text);
    if (bytes < 0 || bytes <= first || bytes > first + SessionLimits.MAX_ROOM_BYTES) {
      throw new IllegalArgumentException(
          field + " " + Check.show(text) + " has " + Math.max(0, bytes) + " bytes" + EXPECTED);
    }
    String key = isLowerCaseAscii(text, first) ? text : fold(text);
    boolean fits = Check.utf8Length(key) <= first + SessionLimits.MAX_ROOM_BYTES; // folding may add
    if (!fits || !isLegal(text, first) || !isLegal(key, first)) {
      throw new IllegalArgumentException(field + " is " + Check.show(text) + EXPECTED);
    }
    return new RoomName(text, key);
  }

  /** The name as written. */
  public String text() {
    return text;
  }

  /** The form in which names are compared. */
  public String key() {
    return key;
  }

  /** True for a private room, named {@code @} and the other person's name. */
  public boolean isPrivate() {
    return text.charAt(0) == '@';
  }

  /** The other person's name, after the {@code @} of a private room. */
  public String other() {
    if (!isPrivate()) {
      throw new IllegalStateException(text + " is not a private room");
    }
    return text.substring(1);
  }

  private static boolean isLowerCaseAscii(String text, int first) {
    for (int i = first; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80 || (c >= 'A' && c <= 'Z')) {
        return false;
      }
    }
    return true;
  }

  /**
   * Java has no case folding; this has the same result for all letters, even ẞ, ß and final sigma.
   */
  private static String fold(String text) {
    String whole = Normalizer.normalize(text, Normalizer.Form.NFKC);
    String folded =
        whole.toLowerCase(Locale.ROOT).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    return Normalizer.normalize(folded, Normalizer.Form.NFKC);
  }

  /** Letters of many scripts need marks, but a name must not begin with one. */
  private static boolean isLegal(String text, int first) {
    for (int i = first; i < text.length(); ) {
      int c = text.codePointAt(i);
      boolean legal =
          c == '.'
              || c == '_'
              || c == '-'
              || (Character.isLetterOrDigit(c) && !isInvisible(c))
              || (i > first && isMark(c) && !isInvisible(c));
      if (!legal) {
        return false;
      }
      i += Character.charCount(c);
    }
    return true;
  }

  private static boolean isMark(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK -> true;
      default -> false;
    };
  }

  /** Letters and marks that Unicode calls default-ignorable: two names could look the same. */
  private static boolean isInvisible(int c) {
    return c == 0x034F // combining grapheme joiner
        || c == 0x115F
        || c == 0x1160 // fillers of Hangul
        || c == 0x17B4
        || c == 0x17B5 // inherent vowels of Khmer
        || (c >= 0x180B && c <= 0x180F) // variations of Mongolian
        || c == 0x3164
        || c == 0xFFA0 // fillers of Hangul
        || (c >= 0xFE00 && c <= 0xFE0F)
        || (c >= 0xE0100 && c <= 0xE01EF); // variations
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RoomName name && name.key.equals(key);
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
