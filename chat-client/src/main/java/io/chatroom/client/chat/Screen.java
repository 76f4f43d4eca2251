package io.chatroom.client.chat;

import io.chatroom.protocol.ChatMessage;
import java.time.Instant;
import java.util.List;

/**
 * Shows a conversation. All methods may be called from any thread. Their arguments may come from
 * strangers: the screen must make them safe.
 */
public interface Screen {

  /**
   * Shows a message. May be delayed until {@link #pause}.
   *
   * @param mention whether it mentions the user
   */
  void heard(Instant at, ChatMessage message, boolean mention);

  /** Announces a message in a room that is not on the screen: only rings, if it must. */
  void heardElsewhere(boolean mention);

  /** Shows an old message, which rings no bell. May be delayed until {@link #pause}. */
  void past(Instant at, ChatMessage message);

  /** Shows an old line that is not a message. May be delayed until {@link #pause}. */
  void pastNote(Instant at, String sentence);

  /** Draws a horizontal line with a few words. May be delayed until {@link #pause}. */
  void rule(String words);

  /** No more for the moment: everything must be visible now. */
  void pause();

  /** Shows our own message, once it is sent, or acknowledged. */
  void said(Instant at, ChatMessage message);

  /** Shows a notice, which stays among the messages. */
  void note(String sentence);

  /** Shows several notices, in order. */
  default void notes(List<String> sentences) {
    sentences.forEach(this::note);
  }

  /** Shows the status; replaces the previous one. */
  void status(Standing standing);

  /** Clears the screen, except for the input line. */
  void clear();
}
