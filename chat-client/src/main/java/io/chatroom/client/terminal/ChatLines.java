package io.chatroom.client.terminal;

import io.chatroom.client.chat.Standing;
import io.chatroom.protocol.ChatMessage;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes lines of a conversation: {@code 12:03 alice: hello}. A message is one line, which the
 * terminal wraps: so it wraps anew when the width changes, and copying it gives the original text.
 * Not thread-safe.
 */
final class ChatLines {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm");
  private static final String RULE = "────────";

  /** Alt-1 to Alt-9 exist. */
  private static final int MOST_KEYS = 9;

  private final NameColours colours;
  private final Clock clock;
  private LocalDate shownDay;

  ChatLines(NameColours colours, Clock clock) {
    this.colours = colours;
    this.clock = clock;
    shownDay = LocalDate.now(clock);
  }

  /** A message, safe to print, preceded by a line when a new day begins. */
  String message(Instant at, ChatMessage message, boolean mention) {
    String text = Shown.of(message.text());
    return stamp(at) + colours.paint(message.name()) + ": " + (mention ? colours.bold(text) : text);
  }

  /** A notice; no message of a stranger can look like it. */
  String note(String sentence) {
    return note(clock.instant(), sentence);
  }

  /** The same for an old event. */
  String note(Instant at, String sentence) {
    return stamp(at) + colours.faint("-- " + Shown.of(sentence));
  }

  /** The line between seen messages and those that arrived during an absence. */
  String divider() {
    return rule(TIME.format(LocalDateTime.now(clock)) + " while you were away");
  }

  /** A horizontal line. */
  String rule(String words) {
    return colours.faint(RULE + " " + Shown.of(words) + " " + RULE);
  }

  /** The status, in one line that is not yet safe to show; null if there is none. */
  static @Nullable String sentence(Standing standing) {
    List<String> parts = new ArrayList<>();
    if (!standing.unread().isEmpty()) {
      parts.add(
          "unread: "
              + standing.unread().stream()
                  .map(ChatLines::unread)
                  .collect(Collectors.joining(", ")));
    }
    if (standing.sentence() != null) {
      parts.add(standing.sentence());
    }
    return parts.isEmpty() ? null : String.join("; ", parts);
  }

  /** The status line. */
  String status(String sentence) {
    return "-- " + Shown.of(sentence);
  }

  private static String unread(Standing.Unread room) {
    return (room.number() <= MOST_KEYS ? "Alt-" + room.number() + " " : "")
        + room.room()
        + " "
        + room.messages()
        + (room.mention() ? " (your name)" : "");
  }

  /** A message that is not sent yet. */
  String waiting(String text) {
    return "   … " + Shown.of(text);
  }

  private String stamp(Instant at) {
    LocalDateTime then = LocalDateTime.ofInstant(at, clock.getZone());
    String newDay = "";
    if (!then.toLocalDate().equals(shownDay)) {
      shownDay = then.toLocalDate();
      newDay = rule(shownDay.toString()) + "\n";
    }
    return newDay + colours.faint(TIME.format(then)) + " ";
  }
}
