package io.chatroom.client.chat;

import io.chatroom.protocol.ChatMessage;
import java.time.Instant;
import java.util.List;

/**
 * What a person sees of a conversation. All methods may be called from any thread, and whatever
 * they are given may come from strangers: to make it safe is the screen's duty.
 */
public interface Screen {

  /**
   * Somebody said something. May be kept until {@link #pause}.
   *
   * @param mention whether it speaks of the person who sits here
   */
  void heard(Instant at, ChatMessage message, boolean mention);

  /** Somebody said something where nobody looks: only rings, if it has to. */
  void heardElsewhere(boolean mention);

  /**
   * Something that was said before, which is no news and rings no bell. May be kept until {@link
   * #pause}.
   */
  void past(Instant at, ChatMessage message);

  /** The same for what nobody said. */
  void pastNote(Instant at, String sentence);

  /** A line across, with a few words. May be kept until {@link #pause}. */
  void rule(String words);

  /** No more for the moment: everything must be seen now. */
  void pause();

  /** We have said something, and it has gone, or was acknowledged. */
  void said(Instant at, ChatMessage message);

  /** Something that the person should know; stays among the messages. */
  void note(String sentence);

  /** Several of these, in order. */
  default void notes(List<String> sentences) {
    sentences.forEach(this::note);
  }

  /** How things stand; replaces what was shown before. */
  void status(Standing standing);

  /** Takes everything off the screen but the line that is being typed. */
  void clear();
}
