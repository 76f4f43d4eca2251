package io.chatroom.client.chat;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Collects the parts of the status from different sources, and shows it. Thread-safe. */
final class StatusBoard {

  private final Screen screen;
  private Standing standing = Standing.NOTHING;

  StatusBoard(Screen screen) {
    this.screen = screen;
  }

  /** Sets the sentence about the connection, or null. */
  void sentence(@Nullable String sentence) {
    change(before -> before.withSentence(sentence));
  }

  /** The same, unless there is a sentence about the connection already. */
  synchronized void sentenceIfNone(String sentence) {
    if (standing.sentence() == null) {
      sentence(sentence);
    }
  }

  /** Sets the room on the screen, or null, and the rooms with unread messages. */
  void rooms(@Nullable String room, List<Standing.Unread> unread) {
    change(before -> before.withRooms(room, unread));
  }

  /** Sets the messages that are not sent yet. */
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
