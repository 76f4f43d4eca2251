package io.chatroom.client.conformance;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The sizes at which programs break: where a buffer is full, where a number gets another digit or
 * another byte. And text of any size in which every place looks different, so that nothing can be
 * cut out of it, put in or swapped unseen.
 */
final class Sizes {

  private static final int LARGEST = 1 << 20;

  private Sizes() {}

  /** Text of so many bytes: the size, and then numbered blocks of five. */
  static Bytes text(int bytes) {
    String blocks =
        IntStream.rangeClosed(0, bytes / 5)
            .mapToObj(block -> String.format(Locale.ROOT, " %04d", block % 10_000))
            .collect(Collectors.joining());
    return Bytes.utf8(bytes + blocks).slice(0, bytes);
  }

  /**
   * The powers of two and of ten, with one beside them on both sides.
   *
   * @param least the least size that is wanted; it is among them
   * @param most the largest that is wanted; it is among them
   * @param around what is sent in one piece with so many bytes, in other bytes: it is the whole
   *     that reaches a power of two then
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
