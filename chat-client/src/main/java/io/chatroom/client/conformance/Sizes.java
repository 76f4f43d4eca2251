package io.chatroom.client.conformance;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Sizes at which programs tend to break: where a buffer is full, or a number needs one more digit
 * or byte. Also text of any size in which every position looks different, so that a cut, an
 * insertion or a swap shows.
 */
final class Sizes {

  private static final int LARGEST = 1 << 20;

  private Sizes() {}

  /** Returns text of {@code bytes} bytes: the size, then numbered blocks of five bytes. */
  static Bytes text(int bytes) {
    String blocks =
        IntStream.rangeClosed(0, bytes / 5)
            .mapToObj(block -> String.format(Locale.ROOT, " %04d", block % 10_000))
            .collect(Collectors.joining());
    return Bytes.utf8(bytes + blocks).slice(0, bytes);
  }

  /**
   * Returns the powers of two and of ten in a range, each with its two neighbours.
   *
   * @param least the smallest size, always included
   * @param most the largest size, always included
   * @param around numbers of bytes that are sent together with the text, such as a header; sizes
   *     whose sum with them is near a power of two are included as well
   */
  static List<Integer> edges(int least, int most, int... around) {
    TreeSet<Integer> edges = new TreeSet<>(List.of(least, most));
    for (int power = 1; power <= LARGEST; power *= 2) {
      addAround(edges, power);
      for (int others : around) {
        addAround(edges, power - others);
      }
    }
    for (int power = 10; power <= LARGEST; power *= 10) {
      addAround(edges, power);
    }
    return List.copyOf(edges.subSet(least, true, most, true));
  }

  private static void addAround(Set<Integer> edges, int size) {
    edges.addAll(List.of(size - 1, size, size + 1));
  }
}
