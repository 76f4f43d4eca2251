package io.chatroom.server.log;

import org.jspecify.annotations.Nullable;

/**
 * A message, or an event, that a log has kept.
 *
 * @param seq its number in the order of its room, from 1 on
 * @param atMillis when the log took it, in milliseconds since 1970, UTC
 * @param from the name of its author
 * @param text what was said; empty for an event, and null for a message that was deleted
 * @param detail what it has besides; null if a seed member said it
 */
public record Message(
    long seq, long atMillis, String from, @Nullable String text, @Nullable Detail detail) {

  /** Whether it was deleted: who said it and when is known, and what was said is not. */
  public boolean isDeleted() {
    return text == null;
  }

  /** How many characters its text has. */
  public int length() {
    return text == null ? 0 : text.length();
  }
}
