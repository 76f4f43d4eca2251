package io.chatroom.client.terminal;

import java.util.List;
import org.jline.reader.ParsedLine;
import org.jline.reader.impl.DefaultParser;

/** Splits a line at spaces, and inserts completions unchanged. */
final class WordsParser extends DefaultParser {

  WordsParser() {
    quoteChars(new char[0]);
    escapeChars(new char[0]);
  }

  @Override
  public ParsedLine parse(String line, int cursor, ParseContext context) {
    ParsedLine parsed = super.parse(line, cursor, context);
    return new Words(
        parsed.word(),
        parsed.wordCursor(),
        parsed.wordIndex(),
        parsed.words(),
        parsed.line(),
        parsed.cursor());
  }

  /** Disables quotes, which the library would put around a name of several words. */
  private record Words(
      String word, int wordCursor, int wordIndex, List<String> words, String line, int cursor)
      implements ParsedLine {}
}
