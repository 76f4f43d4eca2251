package io.chatroom.client.chat;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Gathers how things stand from those who know a part of it, and shows it. Thread-safe. */
final class StatusBoard {

  private final Screen screen;
  private Standing standing = Standing.NOTHING;

  StatusBoard(Screen screen) {
    this.screen = screen;
  }

  /** About the connection, or null. */
  void sentence(@Nullable String sentence) {
    change(before -> before.withSentence(sentence));
  }

  /** The same, unless there is something to say about the connection already. */
  synchronized void sentenceIfNone(String sentence) {
    if (standing.sentence() == null) {
      sentence(sentence);
    }
  }

  /** Where one is, or null, and what waits to be looked at elsewhere. */
  void rooms(@Nullable String room, List<Standing.Unread> unread) {
    change(before -> before.withRooms(room, unread));
  }

  /** What has not gone yet. */
  void waiting(List<String> texts) {
    change(before -> before.withWaiting(texts));
  }

  synchronized boolean isAnythingWaiting() {
    return !standing.waiting().isEmpty();
  }

  private synchronized void change(UnaryOperator<Standing> change) {
    Standing after = change.apply(standing);
    if (!after.equals(standing)) {
      standing = after;
      screen.status(after);
    }
  }
}
