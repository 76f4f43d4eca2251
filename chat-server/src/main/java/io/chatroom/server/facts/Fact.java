package io.chatroom.server.facts;

import org.jspecify.annotations.Nullable;

/**
 * A stored fact, or the deletion of one. Immutable.
 *
 * @param kind its kind, one word: only one class reads and writes facts of a kind
 * @param key its key, unique among its kind
 * @param value its value, as JSON; null deletes it
 */
public record Fact(String kind, String key, @Nullable String value) {

  /** The deletion of a fact. */
  public static Fact gone(String kind, String key) {
    return new Fact(kind, key, null);
  }
}
