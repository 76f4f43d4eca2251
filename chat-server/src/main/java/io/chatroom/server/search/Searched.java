package io.chatroom.server.search;

import io.chatroom.server.log.Position;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.Slice;
import java.util.concurrent.CompletionStage;

/** A room to search. Thread-safe. */
public interface Searched {

  /** The key of its name. */
  String key();

  /** Its newest position. */
  Position newest();

  /** The number of the oldest message that is still stored. */
  long oldest();

  /** Reads its messages like {@link RoomLog#read}; completes on any thread. */
  CompletionStage<Slice> read(Position after, int limit);
}
