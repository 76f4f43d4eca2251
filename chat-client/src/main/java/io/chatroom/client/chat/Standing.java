package io.chatroom.client.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How things stand, below what was said.
 *
 * @param sentence about the connection, or null if there is nothing to say
 * @param room where what is typed will be said, or null where that needs no word
 * @param unread the rooms in which something was said that was not looked at
 * @param waiting what was typed and has not gone yet, or was not acknowledged
 */
public record Standing(
    @Nullable String sentence, @Nullable String room, List<Unread> unread, List<String> waiting) {

  /** Nothing to say. */
  public static final Standing NOTHING = new Standing(null, null, List.of(), List.of());

  /**
   * A room that was not looked at.
   *
   * @param number by which one goes there
   * @param mention whether somebody has said the name of the person who sits here
   */
  public record Unread(int number, String room, int messages, boolean mention) {}

  public Standing {
    unread = List.copyOf(unread);
    waiting = List.copyOf(waiting);
  }

  /** The same about a connection. */
  Standing withSentence(@Nullable String other) {
    return new Standing(other, room, unread, waiting);
  }

  /** The same about rooms. */
  Standing withRooms(@Nullable String other, List<Unread> rooms) {
    return new Standing(sentence, other, rooms, waiting);
  }

  /** The same about what waits. */
  Standing withWaiting(List<String> texts) {
    return new Standing(sentence, room, unread, texts);
  }
}
