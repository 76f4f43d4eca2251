package io.chatroom.server.facts;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is remembered, or is no longer. Immutable.
 *
 * @param kind what it is about, a word: only one class reads and writes facts of one kind
 * @param key which one among its kind
 * @param value what is known, as JSON; null forgets it
 */
public record Fact(String kind, String key, @Nullable String value) {

  /** To be forgotten. */
  public static Fact gone(String kind, String key) {
    return new Fact(kind, key, null);
  }
}
