package io.chatroom.server.log;

import org.jspecify.annotations.Nullable;

/**
 * A kept message or event.
 *
 * @param seq its number in the order of its room, from 1 on
 * @param atMillis when the log accepted it, in milliseconds since 1970, UTC
 * @param from the name of its author
 * @param text its text; empty for an event, and null for a deleted message
 * @param detail its detail; null for a seed member's message
 */
public record Message(
    long seq, long atMillis, String from, @Nullable String text, @Nullable Detail detail) {

  /** Whether it was deleted: the author and the time are known, but not the text. */
  public boolean isDeleted() {
    return text == null;
  }

  /** How many characters its text has. */
  public int length() {
    return text == null ? 0 : text.length();
  }
}
