package io.chatroom.client.terminal;

import io.chatroom.protocol.ChatMessage;
import java.time.Clock;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/**
 * Writes lines of a conversation: {@code 12:03 alice: hello}. A message is one line, which the
 * terminal wraps at the width of its window: so it wraps anew when that changes, and what is copied
 * out of it is what was said. Not thread-safe.
 */
final class ChatLines {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm");
  private static final String RULE = "────────";

  private final NameColours colours;
  private final Clock clock;
  private LocalDate today;

  ChatLines(NameColours colours, Clock clock) {
    this.colours = colours;
    this.clock = clock;
    today = LocalDate.now(clock);
  }

  /** A message, safe to print, with a line before it when a new day has come. */
  String message(ChatMessage message, boolean mention) {
    String text = Shown.of(message.text());
    return stamp() + colours.paint(message.name()) + ": " + (mention ? colours.bold(text) : text);
  }

  /** Something that nobody said; strangers cannot say a line that begins like this. */
  String note(String sentence) {
    return stamp() + colours.faint("-- " + Shown.of(sentence));
  }

  /** What goes between what was seen and what came while nobody was there. */
  String divider() {
    return colours.faint(RULE + " " + TIME.format(now()) + " while you were away " + RULE);
  }

  /** What the status line says. */
  String status(String sentence) {
    return "-- " + Shown.of(sentence);
  }

  /** A message that has not gone yet. */
  String waiting(String text) {
    return "   … " + Shown.of(text);
  }

  private String stamp() {
    LocalDateTime now = now();
    String newDay = "";
    if (!now.toLocalDate().equals(today)) {
      today = now.toLocalDate();
      newDay = colours.faint(RULE + " " + today + " " + RULE) + "\n";
    }
    return newDay + colours.faint(TIME.format(now)) + " ";
  }

  private LocalDateTime now() {
    return LocalDateTime.now(clock);
  }
}
