package io.chatroom.server.names;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How a name looks to readers. Immutable.
 *
 * @param key equal for names that are the same
 * @param like two names are confusable if they have one of these in common
 */
record Looks(String key, Set<String> like) {

  private static final Pattern SPACES = Pattern.compile("[\\s\\p{Z}]+");

  /**
   * Ignores invisible characters, width and case. Two names are confusable if they look alike as
   * written or in one case: {@code AIice} looks like {@code Alice} only as written, and {@code
   * AL1CE} only in capitals.
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

  /**
   * Java has no case folding; this has the same effect for all letters, including ẞ, ß and final
   * sigma.
   */
  private static String fold(String text) {
    return text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }
}
