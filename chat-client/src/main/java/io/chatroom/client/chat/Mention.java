package io.chatroom.client.chat;

import java.util.Locale;

/**
 * Finds messages that mention a name: as a word of its own, in upper or lower case, as in {@code
 * @alice}, {@code alice's} or {@code (alice, bob)}. A name inside a longer word, an address or a
 * path is not a mention: {@code alice-2}, {@code alice.example.org}, {@code http://x/alice/y},
 * {@code ./alice}.
 *
 * <p>Takes linear time, as texts come from strangers.
 */
final class Mention {

  private final String name;

  /** A name that contains a slash is looked for in paths, too. */
  private final boolean looksIntoPaths;

  /**
   * @param name the name to look for; a blank one is never mentioned
   */
  Mention(String name) {
    this.name = fold(name.strip());
    looksIntoPaths = hasSlash(this.name);
  }

  /** Whether the text mentions the name. */
  boolean in(String text) {
    if (name.isEmpty()) {
      return false;
    }
    String folded = fold(text);
    int pathEnd = 0;
    for (int at = folded.indexOf(name); at >= 0; at = folded.indexOf(name, at + 1)) {
      int end = at + name.length();
      if (!begins(folded, at) || !ends(folded, end) || (at < pathEnd && !looksIntoPaths)) {
        continue;
      }
      int from = spaceBefore(folded, at, pathEnd);
      int to = spaceAfter(folded, end);
      if (looksIntoPaths || !hasSlash(folded.substring(from, to))) {
        return true;
      }
      pathEnd = to;
    }
    return false;
  }

  /** Whether a word can begin here. */
  private static boolean begins(String text, int at) {
    boolean addressed = at > 0 && text.charAt(at - 1) == '@';
    int before = addressed ? at - 1 : at; // what stands before the at sign in bob@alice
    return !isWordBefore(text, before)
        && !(before > 0 && isJoiner(text.charAt(before - 1)) && isWordBefore(text, before - 1));
  }

  /** Whether a word can end here. */
  private static boolean ends(String text, int end) {
    return !isWordAt(text, end)
        && !(end < text.length()
            && (isJoiner(text.charAt(end)) || text.charAt(end) == '@')
            && isWordAt(text, end + 1));
  }

  /** Whether it joins two words, as a single dot or hyphen does, but not an ellipsis or a dash. */
  private static boolean isJoiner(char c) {
    return c == '-' || c == '.' || c == '\u2010' || c == '\u2011';
  }

  private static boolean isWordBefore(String text, int at) {
    return at > 0 && isPartOfWord(text.codePointBefore(at));
  }

  private static boolean isWordAt(String text, int at) {
    return at < text.length() && isPartOfWord(text.codePointAt(at));
  }

  private static boolean isPartOfWord(int c) {
    return Character.isLetterOrDigit(c)
        || c == '_'
        || Character.getType(c) == Character.NON_SPACING_MARK;
  }

  private static int spaceBefore(String text, int at, int earliest) {
    int from = at;
    while (from > earliest && !isSpace(text.charAt(from - 1))) {
      from--;
    }
    return from;
  }

  private static int spaceAfter(String text, int end) {
    int to = end;
    while (to < text.length() && !isSpace(text.charAt(to))) {
      to++;
    }
    return to;
  }

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  private static boolean hasSlash(String text) {
    return text.indexOf('/') >= 0 || text.indexOf('\\') >= 0;
  }

  private static String fold(String text) {
    return text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }
}
