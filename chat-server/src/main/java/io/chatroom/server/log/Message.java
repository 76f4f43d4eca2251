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

  /** Returns true if it was deleted: its author and time are known, but not its text. */
  public boolean isDeleted() {
    return text == null;
  }

  /** The length of its text in characters. */
  public int length() {
    return text == null ? 0 : text.length();
  }
}
