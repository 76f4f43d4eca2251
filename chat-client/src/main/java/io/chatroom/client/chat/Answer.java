package io.chatroom.client.chat;

import java.util.Locale;
import java.util.regex.Pattern;

/** What a line means as the answer to a yes-or-no question. */
enum Answer {
  YES,
  NO,

  /** An empty line. */
  NONE,

  /** It begins like an answer, and may be a message all the same: ask again. */
  UNCLEAR,

  /** Anything else. */
  OTHER;

  private static final Pattern END = Pattern.compile("[^\\p{L}].*", Pattern.DOTALL);

  /** Reads a typed line; case, surrounding spaces and a final full stop do not count. */
  static Answer of(String line) {
    String text = line.strip().toLowerCase(Locale.ROOT);
    if (text.isEmpty()) {
      return NONE;
    }
    String word = END.matcher(text).replaceFirst("");
    Answer answer =
        switch (word) {
          case "y", "yes" -> YES;
          case "n", "no" -> NO;
          default -> OTHER;
        };
    String rest = text.substring(word.length());
    return answer == OTHER || rest.isEmpty() || rest.equals(".") || rest.equals("!")
        ? answer
        : UNCLEAR;
  }
}
