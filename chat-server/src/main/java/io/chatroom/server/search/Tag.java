package io.chatroom.server.search;

/**
 * The metadata of a message in the index: special words that cannot occur in texts, because they
 * begin with a character that no word contains.
 */
final class Tag {

  private static final char ROOM = '\uE000';
  private static final char AUTHOR = '\uE001';

  /** The offset that escapes characters which would end a word. */
  private static final int HIDDEN = 0xF0000;

  private Tag() {}

  /**
   * The tag of a room's messages.
   *
   * @param key the key of the room's name
   */
  static String room(String key) {
    return ROOM + whole(key);
  }

  /** The tag of an author's messages; also usable as a prefix. */
  static String author(String name) {
    return AUTHOR + whole(Words.fold(name.strip()));
  }

  /** Makes a single word of any text. */
  private static String whole(String name) {
    StringBuilder whole = new StringBuilder(name.length());
    name.codePoints()
        .map(c -> c < 0x80 && !Character.isLetterOrDigit(c) ? HIDDEN + c : c)
        .forEach(whole::appendCodePoint);
    return whole.toString();
  }
}
