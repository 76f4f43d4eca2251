package io.chatroom.server.search;

/**
 * What an index knows of a message beside its words: words of its own, which no text has, because
 * they begin with a character that no word contains.
 */
final class Tag {

  private static final char ROOM = '\uE000';
  private static final char AUTHOR = '\uE001';

  /** Added to what would end a word. */
  private static final int HIDDEN = 0xF0000;

  private Tag() {}

  /**
   * For all messages of a room.
   *
   * @param key what the room's name is compared by
   */
  static String room(String key) {
    return ROOM + whole(key);
  }

  /** For all messages of an author; also as the beginning of a tag. */
  static String author(String name) {
    return AUTHOR + whole(Words.fold(name.strip()));
  }

  /** One word for the index, whatever is in it. */
  private static String whole(String name) {
    StringBuilder whole = new StringBuilder(name.length());
    name.codePoints()
        .map(c -> c < 0x80 && !Character.isLetterOrDigit(c) ? HIDDEN + c : c)
        .forEach(whole::appendCodePoint);
    return whole.toString();
  }
}
