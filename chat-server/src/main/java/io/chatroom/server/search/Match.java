package io.chatroom.server.search;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Translates a query into the syntax of FTS5. Every word is in quotation marks, which no word
 * contains, so that nothing in it is taken for syntax. It may find too much, never too little.
 */
final class Match {

  /** The most prefixes to look up: each looks up all words that begin with it. */
  private static final int MOST_PREFIXES = 4;

  private Match() {}

  /**
   * Translates a query.
   *
   * @param rooms the rooms; empty for all
   * @return empty if the index cannot help
   */
  static String of(Query query, Collection<String> rooms) {
    List<Phrase> authors = List.copyOf(query.authors());
    boolean tooMany = authors.stream().filter(Phrase::begins).count() > MOST_PREFIXES;
    return Stream.of(
            query.phrases().stream().filter(phrase -> !phrase.begins()).map(Match::of),
            query.phrases().stream()
                .filter(Phrase::begins)
                .sorted(Comparator.comparing(Match::length).reversed())
                .limit(MOST_PREFIXES)
                .map(Match::of),
            anyOf(tooMany ? Stream.of() : authors.stream().map(Match::of)),
            anyOf(rooms.stream().map(Match::room)))
        .flatMap(all -> all)
        .distinct()
        .collect(Collectors.joining(" AND "));
  }

  /** The query for all messages of a room. */
  static String room(String room) {
    return of(new Phrase(List.of(Tag.room(room)), false));
  }

  private static int length(Phrase phrase) {
    return phrase.words().stream().mapToInt(String::length).sum();
  }

  private static Stream<String> anyOf(Stream<String> alternatives) {
    List<String> all = alternatives.toList();
    return all.isEmpty() ? Stream.of() : Stream.of("(" + String.join(" OR ", all) + ")");
  }

  private static String of(Phrase phrase) {
    return "\"" + String.join(" ", phrase.words()) + (phrase.begins() ? "\" *" : "\"");
  }
}
