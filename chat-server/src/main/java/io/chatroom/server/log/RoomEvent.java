package io.chatroom.server.log;

import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a room and has a place in its order, but is no message: seed members
 * hear nothing of it, so it has no bytes on their wire.
 *
 * @param kind what happened, a word of the session protocol
 * @param by who did it, a name
 * @param target whom or what it was done to; null if that is the room
 * @param text what goes with it; null if nothing does
 */
public record RoomEvent(String kind, String by, @Nullable String target, @Nullable String text)
    implements Detail {

  /** The kind of an event that says what the room is about; its text is the topic. */
  public static final String TOPIC = "topic";

  /** The kind of an event that says what was done to keep order; its text is the action. */
  public static final String MODERATED = "moderated";

  /** The kind of an event that takes a message back; its target is the number of the message. */
  public static final String DELETED = "deleted";

  /** Takes a message back. The log that takes this event erases its text. */
  public static RoomEvent deleted(String by, long seq) {
    return new RoomEvent(DELETED, by, Long.toString(seq), null);
  }

  /** The number of the message that it takes back; 0 if it takes none back. */
  public long deletes() {
    if (!kind.equals(DELETED) || target == null) {
      return 0;
    }
    try {
      return Long.parseLong(target);
    } catch (NumberFormatException e) {
      return 0; // it was imported, and says nothing
    }
  }
}
