package io.chatroom.server.log;

import org.jspecify.annotations.Nullable;

/**
 * An event in a room. It has a place in the room's order but is not a message: seed members do not
 * receive it, so it has no bytes in their protocol.
 *
 * @param kind its kind, a word of the session protocol
 * @param by the name of its author
 * @param target whom or what it affects; null for the room
 * @param text its text; null if it has none
 */
public record RoomEvent(String kind, String by, @Nullable String target, @Nullable String text)
    implements Detail {

  /** The kind of a topic change; its text is the topic. */
  public static final String TOPIC = "topic";

  /** The kind of a moderation; its text is the action. */
  public static final String MODERATED = "moderated";

  /** The kind of a deletion; its target is the sequence number of the message. */
  public static final String DELETED = "deleted";

  /** The deletion of a message. A log that accepts this event erases the message's text. */
  public static RoomEvent deleted(String by, long seq) {
    return new RoomEvent(DELETED, by, Long.toString(seq), null);
  }

  /** The number of the message that it deletes; 0 if it deletes none. */
  public long deletes() {
    if (!kind.equals(DELETED) || target == null) {
      return 0;
    }
    try {
      return Long.parseLong(target);
    } catch (NumberFormatException e) {
      return 0; // an imported event without a valid number
    }
  }
}
