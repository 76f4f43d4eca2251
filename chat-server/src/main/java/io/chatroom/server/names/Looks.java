package io.chatroom.server.names;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a name is to those who read it. Immutable.
 *
 * @param key names with the same key are the same
 * @param like people can mistake two names for each other if they have one of these in common
 */
record Looks(String key, Set<String> like) {

  private static final Pattern SPACES = Pattern.compile("[\\s\\p{Z}]+");

  /**
   * Whatever is not seen, and how wide or high the letters are, makes no difference. A name is
   * compared as it is written and in letters of one case: {@code AIice} looks like {@code Alice}
   * only as it is, and {@code AL1CE} only in capitals.
   */
  static Looks of(String name) {
    String seen = seen(name);
    String key = fold(seen);
    String small = Skeleton.of(key);
    return new Looks(
        key,
        Set.copyOf(
            List.of(
                "small " + small,
                "capital " + Skeleton.of(key.toUpperCase(Locale.ROOT)),
                "any " + fold(Skeleton.of(seen)),
                "any " + fold(small))));
  }

  /** The key alone. */
  static String keyOf(String name) {
    return fold(seen(name));
  }

  private static String seen(String name) {
    String spaced = SPACES.matcher(Skeleton.visible(name)).replaceAll(" ").strip();
    return Normalizer.normalize(spaced, Normalizer.Form.NFKC);
  }

  /** Java has no case folding; this gives the same for all letters, ẞ, ß and final sigma too. */
  private static String fold(String text) {
    return text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }
}
