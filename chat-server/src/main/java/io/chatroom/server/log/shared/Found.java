package io.chatroom.server.log.shared;

import io.chatroom.server.log.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the store has of a room behind the last message that this server has handed on, all at one
 * moment.
 *
 * @param room the room as it stands there
 * @param whole whether it has that last message
 * @param mark that of the last batch that this server has stored there; 0 if there is none
 * @param markedSeq where that begins
 * @param lines some of what is behind, in order
 */
record Found(SharedRoom room, boolean whole, long mark, long markedSeq, List<Line> lines) {

  /**
   * A message.
   *
   * @param bytes how much the room had taken in when it was in
   */
  record Line(Message message, long bytes) {}

  /**
   * What a log wants to know.
   *
   * @param after behind this number
   * @param atMillis when that was said; 0 if that is not known
   * @param upTo nothing behind this number
   * @param bytes nothing from where the room had taken in so much, but for one message
   */
  record Wanted(String name, long after, long atMillis, long upTo, long bytes) {}

  /** What a log has done with what was found. */
  enum Use {
    /** It has all of it, or waits for something else. */
    DONE,
    /** There is more to be read. */
    MORE,
    /** What was handed on is not there: the room needs another epoch. */
    LOST
  }

  /** The topic, as it is to be shown. */
  static @Nullable String shown(@Nullable String stored) {
    return stored == null ? null : Nul.show(stored);
  }
}
