package io.chatroom.server.room;

import java.util.Comparator;

/** Orders texts by code points. Their bytes in UTF-8 have the same order. */
final class CodePoints {

  static final Comparator<String> ORDER = CodePoints::compare;

  private CodePoints() {}

  private static int compare(String one, String other) {
    int length = Math.min(one.length(), other.length());
    for (int i = 0; i < length; i++) {
      char a = one.charAt(i);
      char b = other.charAt(i);
      if (a != b) {
        boolean isBeyond = Character.isSurrogate(a); // encodes a code point above all of the BMP
        return isBeyond == Character.isSurrogate(b)
            ? Character.compare(a, b)
            : Boolean.compare(isBeyond, Character.isSurrogate(b));
      }
    }
    return Integer.compare(one.length(), other.length());
  }
}
