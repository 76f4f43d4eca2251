package io.chatroom.client.cli;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the word that somebody meant who wrote almost that. */
final class Typo {

  private Typo() {}

  /** The known word that is nearest, or null if none is near. A short word must be nearer. */
  static @Nullable String nearest(String word, Collection<String> known) {
    String nearest = null;
    int least = word.length() < 6 ? 2 : 3;
    for (String candidate : known) {
      int edits = edits(word, candidate);
      if (edits < least) {
        least = edits;
        nearest = candidate;
      }
    }
    return nearest;
  }

  /** How many letters must be put in, taken out or replaced, or neighbours swapped. */
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
