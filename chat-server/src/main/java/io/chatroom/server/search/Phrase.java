package io.chatroom.server.search;

import java.util.List;

/**
 * Consecutive words.
 *
 * @param words as {@link Words} splits them
 * @param begins true if the last one is a prefix
 */
record Phrase(List<String> words, boolean begins) {

  Phrase {
    words = List.copyOf(words);
  }

  /** Returns true if a text contains it. */
  boolean isIn(List<String> text) {
    for (int from = 0; from <= text.size() - words.size(); from++) {
      if (isAt(text, from)) {
        return true;
      }
    }
    return false;
  }

  private boolean isAt(List<String> text, int from) {
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
