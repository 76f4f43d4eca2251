package io.chatroom.server.room;

import java.util.Comparator;

/** The order of texts by their code points, which is that of their bytes in UTF-8, too. */
final class CodePoints {

  static final Comparator<String> ORDER = CodePoints::compare;

  private CodePoints() {}

  private static int compare(String one, String other) {
    int length = Math.min(one.length(), other.length());
    for (int i = 0; i < length; i++) {
      char a = one.charAt(i);
      char b = other.charAt(i);
      if (a != b) {
        boolean isBeyond = Character.isSurrogate(a); // stands for what is behind all else
        return isBeyond == Character.isSurrogate(b)
            ? Character.compare(a, b)
            : Boolean.compare(isBeyond, Character.isSurrogate(b));
      }
    }
    return Integer.compare(one.length(), other.length());
  }
}
