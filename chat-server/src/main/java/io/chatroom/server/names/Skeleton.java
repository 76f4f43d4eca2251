package io.chatroom.server.names;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The skeleton of a text, after UTS 39: people can confuse two texts with the same skeleton. Uses
 * Unicode's own table of confusable characters, which {@code ConfusablesTable}, among the tests,
 * generates with ICU4J; that library is too large to be part of a server.
 */
final class Skeleton {

  private static final String TABLE = "confusables.txt";
  private static final Pattern SOURCE = Pattern.compile("([0-9A-F]+)(?:-([0-9A-F]+))?");
  private static final int HEX = 16;

  /** Ranges of characters, by their first one, that share a prototype. */
  private record Run(int last, String looksLike) {}

  private static final NavigableMap<Integer, Run> RUNS = read();

  private Skeleton() {}

  private static NavigableMap<Integer, Run> read() {
    NavigableMap<Integer, Run> runs = new TreeMap<>();
    try (InputStream table = Skeleton.class.getResourceAsStream(TABLE);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(
                    Objects.requireNonNull(table, TABLE), StandardCharsets.US_ASCII))) {
      lines.lines().filter(line -> !line.startsWith("#")).forEach(line -> add(line, runs));
      return runs;
    } catch (IOException e) {
      throw new UncheckedIOException(e); // the table is in the jar
    }
  }

  /**
   * A line is a prototype, a colon, and the characters that look like it: {@code 72 6E:6D
   * 1D426-1D427}.
   */
  private static void add(String line, Map<Integer, Run> runs) {
    int colon = line.indexOf(':');
    StringBuilder looksLike = new StringBuilder();
    Matcher target = SOURCE.matcher(line.substring(0, colon));
    while (target.find()) {
      looksLike.appendCodePoint(Integer.parseInt(target.group(1), HEX));
    }
    Matcher source = SOURCE.matcher(line.substring(colon + 1));
    while (source.find()) {
      int first = Integer.parseInt(source.group(1), HEX);
      int last = source.group(2) == null ? first : Integer.parseInt(source.group(2), HEX);
      runs.put(first, new Run(last, looksLike.toString()));
    }
  }

  /** The case-sensitive skeleton of a text. */
  static String of(String text) {
    StringBuilder skeleton = new StringBuilder(text.length());
    Normalizer.normalize(text, Normalizer.Form.NFD)
        .codePoints()
        .forEach(
            point -> {
              Run run = runOf(point);
              if (run == null) {
                skeleton.appendCodePoint(point);
              } else {
                skeleton.append(run.looksLike);
              }
            });
    return Normalizer.normalize(skeleton, Normalizer.Form.NFD);
  }

  /** A text without invisible characters. */
  static String visible(String text) {
    StringBuilder seen = new StringBuilder(text.length());
    text.codePoints().filter(point -> !isInvisible(point)).forEach(seen::appendCodePoint);
    return seen.toString();
  }

  private static boolean isInvisible(int point) {
    Run run = runOf(point);
    return run != null && run.looksLike.isEmpty();
  }

  private static @Nullable Run runOf(int point) {
    Map.Entry<Integer, Run> run = RUNS.floorEntry(point);
    return run == null || run.getValue().last < point ? null : run.getValue();
  }
}
