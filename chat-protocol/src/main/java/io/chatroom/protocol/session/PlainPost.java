package io.chatroom.protocol.session;

import org.jspecify.annotations.Nullable;

/**
 * Reads a post in its usual form: the fields in the order of {@code SESSIONS.md}, without spaces
 * and escapes. Most requests are posts, and a JSON parser would cost more than all other work on a
 * post. Any other form, and every error, is left to the {@link ObjectReader}.
 */
final class PlainPost {

  private static final String ID = "{\"type\":\"post\",\"id\":\"";
  private static final String ROOM = "\",\"room\":\"";
  private static final String TEXT = "\",\"text\":\"";
  private static final String END = "\"}";

  private PlainPost() {}

  /**
   * Reads a post.
   *
   * @return null if it does not have this form
   */
  static FromClient.@Nullable Post read(String json) {
    if (!json.startsWith(ID) || hasEscapesOrControls(json)) {
      return null;
    }
    int idEnd = json.indexOf('"', ID.length());
    if (!json.startsWith(ROOM, idEnd)) {
      return null;
    }
    int room = idEnd + ROOM.length();
    int roomEnd = json.indexOf('"', room);
    if (!json.startsWith(TEXT, roomEnd)) {
      return null;
    }
    int text = roomEnd + TEXT.length();
    int textEnd = json.indexOf('"', text);
    if (textEnd < 0 || textEnd != json.length() - END.length() || !json.endsWith(END)) {
      return null;
    }
    try {
      return new FromClient.Post(
          json.substring(ID.length(), idEnd),
          RoomName.of(json.substring(room, roomEnd)),
          json.substring(text, textEnd),
          null);
    } catch (IllegalArgumentException e) {
      return null; // the reader reports what is wrong
    }
  }

  private static boolean hasEscapesOrControls(String json) {
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c < ' ' || c == '\\') {
        return true;
      }
    }
    return false;
  }
}
