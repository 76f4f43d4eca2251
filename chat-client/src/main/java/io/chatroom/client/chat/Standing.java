package io.chatroom.client.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The status shown below the messages.
 *
 * @param sentence the state of the connection, or null if all is well
 * @param room the room on the screen, or null if it need not be shown
 * @param unread the rooms with unread messages
 * @param waiting the typed messages that are not sent, or not acknowledged, yet
 */
public record Standing(
    @Nullable String sentence, @Nullable String room, List<Unread> unread, List<String> waiting) {

  /** Nothing to show. */
  public static final Standing NOTHING = new Standing(null, null, List.of(), List.of());

  /**
   * A room with unread messages.
   *
   * @param number its number, for switching to it
   * @param mention whether one of them mentions the user
   */
  public record Unread(int number, String room, int messages, boolean mention) {}

  public Standing {
    unread = List.copyOf(unread);
    waiting = List.copyOf(waiting);
  }

  /** The same with another sentence about the connection. */
  Standing withSentence(@Nullable String other) {
    return new Standing(other, room, unread, waiting);
  }

  /** The same with other rooms. */
  Standing withRooms(@Nullable String other, List<Unread> rooms) {
    return new Standing(sentence, other, rooms, waiting);
  }

  /** The same with other waiting messages. */
  Standing withWaiting(List<String> texts) {
    return new Standing(sentence, room, unread, texts);
  }
}
