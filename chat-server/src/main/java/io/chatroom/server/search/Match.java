package io.chatroom.server.search;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A query as the index understands it. Every word stands between quotation marks, which no word
 * has, so nothing in it is taken for syntax. It may find too much, never too little.
 */
final class Match {

  /** A beginning of a word is searched as all words that begin so: with many it would take long. */
  private static final int BEGINNINGS = 4;

  private Match() {}

  /**
   * Says what is looked for.
   *
   * @param rooms where; empty if that does not matter
   * @return empty if the index cannot help
   */
  static String of(Query query, Collection<String> rooms) {
    List<Phrase> authors = List.copyOf(query.authors());
    boolean tooMany = authors.stream().filter(Phrase::begins).count() > BEGINNINGS;
    return Stream.of(
            query.phrases().stream().filter(phrase -> !phrase.begins()).map(Match::of),
            query.phrases().stream()
                .filter(Phrase::begins)
                .sorted(Comparator.comparing(Match::length).reversed())
                .limit(BEGINNINGS)
                .map(Match::of),
            anyOf(tooMany ? Stream.of() : authors.stream().map(Match::of)),
            anyOf(rooms.stream().map(Match::room)))
        .flatMap(all -> all)
        .distinct()
        .collect(Collectors.joining(" AND "));
  }

  /** All messages of a room. */
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
