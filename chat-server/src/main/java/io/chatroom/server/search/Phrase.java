package io.chatroom.server.search;

import java.util.List;

/**
 * Consecutive words.
 *
 * @param words as {@link Words} splits them
 * @param begins whether the last one is a prefix of a word
 */
record Phrase(List<String> words, boolean begins) {

  Phrase {
    words = List.copyOf(words);
  }

  /** Whether a text contains it. */
  boolean standsIn(List<String> text) {
    for (int from = 0; from <= text.size() - words.size(); from++) {
      if (standsAt(text, from)) {
        return true;
      }
    }
    return false;
  }

  private boolean standsAt(List<String> text, int from) {
    int last = words.size() - 1;
    for (int i = 0; i <= last; i++) {
      String word = text.get(from + i);
      boolean same =
          (begins && i == last) ? word.startsWith(words.get(i)) : word.equals(words.get(i));
      if (!same) {
        return false;
      }
    }
    return true;
  }
}
