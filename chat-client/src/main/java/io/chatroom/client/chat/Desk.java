package io.chatroom.client.chat;

import io.chatroom.protocol.ChatMessage;
import java.time.Clock;
import java.time.Instant;

/**
 * What one person has, independent of the server.
 *
 * @param name what the others see
 */
record Desk(
    String name,
    Screen screen,
    StatusBoard board,
    Completion completion,
    Mention mention,
    Transcript transcript,
    Clock clock) {

  Desk(String name, Screen screen, Completion completion, Clock clock) {
    this(
        name,
        screen,
        new StatusBoard(screen),
        completion,
        new Mention(name),
        new Transcript(),
        clock);
  }

  /** Keeps a message. */
  void keep(Instant at, String room, ChatMessage message) {
    completion.names().heard(message.name());
    transcript.add(at, room, message);
  }

  /**
   * The same for a message that can be deleted.
   *
   * @param from its author, without a mark
   */
  void keep(Instant at, String room, String from, ChatMessage message, long seq) {
    completion.names().heard(from);
    transcript.add(at, room, message, seq);
  }
}
