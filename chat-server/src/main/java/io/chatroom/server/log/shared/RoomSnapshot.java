package io.chatroom.server.log.shared;

import io.chatroom.server.log.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A consistent snapshot of what the store has of a room after the last message that this server has
 * delivered.
 *
 * @param room the room as stored
 * @param hasLast true if the store has that last message
 * @param mark the mark of the last batch that this server stored there; 0 if none
 * @param markedSeq the first seq of that batch
 * @param lines the next messages, in order
 */
record RoomSnapshot(SharedRoom room, boolean hasLast, long mark, long markedSeq, List<Line> lines) {

  /**
   * A stored message.
   *
   * @param bytes the total size of the room's messages up to this one
   */
  record Line(Message message, long bytes) {}

  /**
   * A request for the messages of a room.
   *
   * @param after the last delivered seq
   * @param atMillis the time of that message; 0 if unknown
   * @param upTo the last seq to read
   * @param bytes stop where the total size of the room's messages exceeds this, but read at least
   *     one message
   */
  record Request(String name, long after, long atMillis, long upTo, long bytes) {}

  /** What a log made of a snapshot. */
  enum Result {
    /** Nothing more to read for now. */
    DONE,
    /** More to read. */
    MORE,
    /** The store lacks delivered messages: the room needs a new epoch. */
    LOST
  }

  /** Unescapes a stored topic. */
  static @Nullable String topic(@Nullable String stored) {
    return stored == null ? null : Nul.unescape(stored);
  }
}
