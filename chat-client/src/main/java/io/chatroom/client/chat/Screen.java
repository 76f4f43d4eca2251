package io.chatroom.client.chat;

import io.chatroom.protocol.ChatMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
  void heard(ChatMessage message, boolean mention);

  /** No more for the moment: everything must be seen now. */
  void pause();

  /** We have said something, and it has gone. */
  void said(ChatMessage message);

  /** Something that the person should know; stays among the messages. */
  void note(String sentence);

  /** Several of these, in order. */
  default void notes(List<String> sentences) {
    sentences.forEach(this::note);
  }

  /**
   * How things stand; replaces what was shown before.
   *
   * @param sentence about the connection, or null if there is nothing to say
   * @param waiting what was typed and has not gone yet
   */
  void status(@Nullable String sentence, List<String> waiting);

  /** Takes everything off the screen but the line that is being typed. */
  void clear();
}
