package io.chatroom.client.terminal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jline.reader.Buffer;

/**
 * Finds what a person takes for one character in a line that is being typed: a letter with its
 * marks, a flag, an emoji of many parts (UAX #29, extended grapheme clusters). Positions and
 * lengths are in code points, as in the buffer.
 */
final class Clusters {

  /** Longer than any cluster of a language; of those that are longer, parts are taken. */
  private static final int REACH = 128;

  private static final Pattern CLUSTER = Pattern.compile("\\X");

  private Clusters() {}

  /** How long the cluster is that begins at the cursor. */
  static int lengthAfter(Buffer line) {
    int cursor = line.cursor();
    String text = line.substring(cursor, Math.min(line.length(), cursor + REACH));
    Matcher cluster = CLUSTER.matcher(text);
    return cluster.lookingAt() ? text.codePointCount(0, cluster.end()) : 0;
  }

  /** How long the cluster is that ends at the cursor. */
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

  /** How far behind the cursor the cluster ends that it stands in; 0 if it stands between two. */
  static int lengthToEnd(Buffer line) {
    int cursor = line.cursor();
    if (cursor == 0 || line.currChar() < 0x300) { // nothing below that joins what is before it
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
