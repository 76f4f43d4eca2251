package io.chatroom.client.terminal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jline.reader.Buffer;

/**
 * Finds grapheme clusters in the input line: what a person takes for one character, such as a
 * letter with its marks, a flag, or an emoji of many parts (UAX #29, extended grapheme clusters).
 * Positions and lengths are in code points, as in the buffer.
 */
final class Clusters {

  /** Longer than any cluster of a language; longer ones are taken in parts. */
  private static final int REACH = 128;

  private static final Pattern CLUSTER = Pattern.compile("\\X");

  private Clusters() {}

  /** The length of the cluster that begins at the cursor. */
  static int lengthAfter(Buffer line) {
    int cursor = line.cursor();
    String text = line.substring(cursor, Math.min(line.length(), cursor + REACH));
    Matcher cluster = CLUSTER.matcher(text);
    return cluster.lookingAt() ? text.codePointCount(0, cluster.end()) : 0;
  }

  /** The length of the cluster that ends at the cursor. */
  static int lengthBefore(Buffer line) {
    int cursor = line.cursor();
    String text = line.substring(Math.max(0, cursor - REACH), cursor);
    Matcher cluster = CLUSTER.matcher(text);
    int start = 0;
    while (cluster.find()) {
      start = cluster.start();
    }
    return text.codePointCount(start, text.length());
  }

  /** The distance from the cursor to the end of the cluster around it; 0 between two clusters. */
  static int lengthToEnd(Buffer line) {
    int cursor = line.cursor();
    if (cursor == 0 || line.currChar() < 0x300) { // no lower character extends a cluster
      return 0;
    }
    int from = Math.max(0, cursor - REACH);
    String text = line.substring(from, Math.min(line.length(), cursor + REACH));
    int here = text.offsetByCodePoints(0, cursor - from);
    Matcher cluster = CLUSTER.matcher(text);
    while (cluster.find()) {
      if (cluster.end() > here) {
        return cluster.start() == here ? 0 : text.codePointCount(here, cluster.end());
      }
    }
    return 0;
  }
}
