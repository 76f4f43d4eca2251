package io.chatroom.server.search;

import java.util.Random;

/** Random texts, with many characters that are special in queries, databases or Unicode. */
final class RandomText {

  private static final String[] PIECES = {
    "\"",
    "“",
    "”",
    "*",
    "'",
    ":",
    "(",
    ")",
    "-",
    "+",
    "^",
    "{",
    "}",
    "\\",
    "\0",
    " ",
    "\u3000",
    "\n",
    "from:",
    "in:",
    "before:",
    "after:",
    "FROM:",
    "text:",
    "rowid:",
    "AND",
    " OR ",
    "NOT ",
    "NEAR(",
    "2026-11-01",
    "2026-13-99",
    "9999",
    "@",
    "#",
    "東京",
    "都",
    "か\u3099",
    "ห้อง",
    "한국어",
    "Zoë",
    "ß",
    "İ",
    "\u0301",
    "\u200B",
    "\u200D",
    "\uFE0F",
    "\uE000",
    "\uE001room",
    "👩‍👩‍👧",
    "\uD83D\uDE00",
    "build",
    "deplo*",
    "is",
    "a",
    "e*",
    "room",
    "ann",
    "\uFFFD",
    "\uFDFA",
    "؀",
    "𝒳",
    "\uDB80\uDC20"
  };

  private RandomText() {}

  static String of(Random random, int length) {
    StringBuilder text = new StringBuilder();
    int pieces = random.nextInt(length);
    for (int i = 0; i < pieces; i++) {
      switch (random.nextInt(4)) {
        case 0 -> text.appendCodePoint(random.nextInt(0x250));
        case 1 -> text.appendCodePoint(character(random));
        default -> text.append(PIECES[random.nextInt(PIECES.length)]);
      }
    }
    return text.toString();
  }

  private static int character(Random random) {
    int c = random.nextInt(Character.MAX_CODE_POINT + 1);
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 'x' : c;
  }
}
