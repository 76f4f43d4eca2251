package io.chatroom.client.chat;

import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.FromServer;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sentences about the events of rooms, and lists of names. Pure functions, for any thread. */
final class Sentences {

  /** Maximum number of names in a sentence. */
  private static final int NAMED = 20;

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm");

  private Sentences() {}

  /** A few names, safe to show. */
  static String names(Collection<String> all) {
    String some =
        all.stream().limit(NAMED).map(VisibleText::name).collect(Collectors.joining(", "));
    return all.size() > NAMED ? some + " and " + (all.size() - NAMED) + " more" : some;
  }

  /** The sentence for an event, or null if it has none. */
  static @Nullable String of(FromServer.Event event) {
    String by = VisibleText.name(event.by());
    String text = event.text() == null ? "" : event.text();
    return switch (event.kind()) {
      case FromServer.Event.TOPIC ->
          text.isEmpty() ? by + " removed the topic" : by + " set the topic: " + text;
      case FromServer.Event.DELETED -> by + " deleted a message";
      case FromServer.Event.MODERATED -> {
        int space = text.indexOf(' ');
        String action = space < 0 ? text : text.substring(0, space);
        String why = space < 0 ? "" : text.substring(space + 1);
        yield by
            + ": "
            + action
            + (event.target() == null ? "" : " " + VisibleText.name(event.target()))
            + (why.isBlank() ? "" : " (" + why + ")");
      }
      default -> null;
    };
  }

  /** The sentence for the deletion of a known message. */
  static String deleted(FromServer.Event event, String author, Instant at, ZoneId zone) {
    return VisibleText.name(event.by())
        + " deleted a message of "
        + VisibleText.name(author)
        + ", posted at "
        + TIME.format(at.atZone(zone));
  }
}
