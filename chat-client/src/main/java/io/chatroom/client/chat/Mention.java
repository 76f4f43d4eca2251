package io.chatroom.client.chat;

import java.util.Locale;

/** Tells whether a message speaks of somebody. */
final class Mention {

  private final String name;

  /**
   * @param name whom it may speak of; nobody, if it is blank
   */
  Mention(String name) {
    this.name = fold(name.strip());
  }

  /** Whether the name stands in the text as a word of its own, in upper or lower case. */
  boolean in(String text) {
    if (name.isEmpty()) {
      return false;
    }
    String folded = fold(text);
    for (int at = folded.indexOf(name); at >= 0; at = folded.indexOf(name, at + 1)) {
      int end = at + name.length();
      boolean begins = at == 0 || !isPartOfWord(folded.codePointBefore(at));
      boolean ends = end == folded.length() || !isPartOfWord(folded.codePointAt(end));
      if (begins && ends) {
        return true;
      }
    }
    return false;
  }

  private static boolean isPartOfWord(int c) {
    return Character.isLetterOrDigit(c)
        || c == '_'
        || Character.getType(c) == Character.NON_SPACING_MARK;
  }

  private static String fold(String text) {
    return text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }
}
