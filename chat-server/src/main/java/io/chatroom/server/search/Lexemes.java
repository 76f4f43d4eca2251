package io.chatroom.server.search;

import io.chatroom.server.log.Message;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes words as PostgreSQL's {@code tsvector} and {@code tsquery}: each in quotation marks, so
 * that nothing in it is taken for syntax. Positions are omitted, as the index would ignore them
 * anyway and the message itself is checked. A query may find too much, never too little.
 */
final class Lexemes {

  /** The longest word; longer ones are truncated. PostgreSQL accepts 2,046 bytes. */
  private static final int MOST_BYTES = 1_000;

  private static final int MOST_CHARACTERS = MOST_BYTES / 4;

  /**
   * The most bytes for the words of one message; PostgreSQL accepts 1 MiB. A message with more is a
   * candidate for any word.
   */
  private static final int MOST_BYTES_OF_ALL = 512 * 1024;

  /** Marks a message with more words. */
  private static final String MORE = "\uE002";

  /** The most prefixes to look up: each looks up all words that begin with it. */
  private static final int MOST_PREFIXES = 4;

  private Lexemes() {}

  /**
   * The words by which a message is found.
   *
   * @param room the number of its room
   */
  static String of(Message message, String text, long room) {
    Set<String> all = new LinkedHashSet<>();
    all.add(room(room));
    all.add(lexeme(Tag.author(message.from())));
    int bytes = 0;
    for (String word : Words.of(text)) {
      String lexeme = lexeme(word);
      if (all.add(lexeme)) {
        bytes += lexeme.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MOST_BYTES_OF_ALL) {
          all.add(MORE);
          break;
        }
      }
    }
    return all.stream().map(Lexemes::quoted).collect(Collectors.joining(" "));
  }

  /**
   * Translates a query.
   *
   * @param rooms the ids of rooms; empty for all
   * @return empty if the index cannot help
   */
  static String of(Query query, Collection<Long> rooms) {
    List<Phrase> phrases = query.phrases();
    Stream<String> words =
        Stream.concat(
                phrases.stream().flatMap(Lexemes::whole),
                phrases.stream()
                    .filter(Phrase::begins)
                    .map(phrase -> phrase.words().get(phrase.words().size() - 1))
                    .sorted(Comparator.comparing(String::length).reversed())
                    .limit(MOST_PREFIXES)
                    .map(word -> quoted(lexeme(word)) + ":*"))
            .distinct();
    String all = words.collect(Collectors.joining(" & "));
    boolean tooMany = query.authors().stream().filter(Phrase::begins).count() > MOST_PREFIXES;
    return Stream.of(
            all.isEmpty() ? "" : "(" + quoted(MORE) + " | (" + all + "))",
            anyOf(tooMany ? Stream.of() : query.authors().stream().map(Lexemes::author)),
            anyOf(rooms.stream().map(room -> quoted(room(room)))))
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(" & "));
  }

  private static Stream<String> whole(Phrase phrase) {
    int whole = phrase.words().size() - (phrase.begins() ? 1 : 0);
    return phrase.words().stream().limit(whole).map(word -> quoted(lexeme(word)));
  }

  private static String author(Phrase author) {
    return quoted(lexeme(author.words().get(0))) + (author.begins() ? ":*" : "");
  }

  private static String anyOf(Stream<String> alternatives) {
    String all = alternatives.distinct().collect(Collectors.joining(" | "));
    return all.isEmpty() ? "" : "(" + all + ")";
  }

  /** The tag of a room: its number, so that room names need no limit. */
  private static String room(long room) {
    return Tag.room("" + room);
  }

  /** Truncates a word, and replaces characters that the database does not accept. */
  private static String lexeme(String word) {
    String whole =
        word.codePoints()
            .limit(MOST_CHARACTERS)
            .map(c -> c == 0 || Character.getType(c) == Character.SURROGATE ? 0xFFFD : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return whole;
  }

  private static String quoted(String lexeme) {
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'";
  }
}
