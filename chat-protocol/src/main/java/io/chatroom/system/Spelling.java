package io.chatroom.system;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the intended word for a misspelt one. */
public final class Spelling {

  private Spelling() {}

  /**
   * The known word that is closest to a misspelt one, ignoring case; null if none is close. The
   * maximum distance depends on the length of the word: no edit for up to two letters, which are
   * close to too many words; one for up to five; then two, or a third of the letters if that is
   * more.
   */
  public static @Nullable String nearest(String word, Collection<String> known) {
    String nearest = null;
    int least = mostEdits(word) + 1;
    for (String candidate : known) {
      if (Math.abs(word.length() - candidate.length()) >= least) {
        continue; // limits the cost of long input
      }
      int edits = edits(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (edits < least) {
        least = edits;
        nearest = candidate;
      }
    }
    return nearest;
  }

  private static int mostEdits(String word) {
    int letters = word.length();
    if (letters < 6) {
      return letters < 3 ? 0 : 1;
    }
    return Math.max(2, letters / 3);
  }

  /**
   * The restricted Damerau-Levenshtein distance: the number of inserted, removed or replaced
   * letters and swapped neighbours.
   */
  private static int edits(String a, String b) {
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
          continue;
        }
        int replaced = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        edits[i][j] = Math.min(replaced, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
        }
      }
    }
    return edits[a.length()][b.length()];
  }
}
