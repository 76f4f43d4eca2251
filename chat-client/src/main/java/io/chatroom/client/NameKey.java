package io.chatroom.client;

import java.text.Normalizer;
import java.util.Locale;

/**
 * The key by which people's names are compared: NFKC, without case, so that {@code Ａlice}, {@code
 * ALICE} and {@code alice} are one name. Pure functions, for any thread.
 */
public final class NameKey {

  private NameKey() {}

  /** Equal for two names that a server takes for the same one. */
  public static String of(String name) {
    // Java has no case folding; this has the same effect for all letters.
    String folded =
        Normalizer.normalize(name, Normalizer.Form.NFKC)
            .toLowerCase(Locale.ROOT)
            .toUpperCase(Locale.ROOT)
            .toLowerCase(Locale.ROOT);
    return Normalizer.normalize(folded, Normalizer.Form.NFKC);
  }
}
