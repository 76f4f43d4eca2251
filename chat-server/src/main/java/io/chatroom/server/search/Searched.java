package io.chatroom.server.search;

import io.chatroom.server.log.Position;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.Slice;
import java.util.concurrent.CompletionStage;

/** A room that somebody may search. Thread-safe. */
public interface Searched {

  /** What its name is compared by. */
  String key();

  /** Where its order ends now. */
  Position newest();

  /** The number of the oldest message still kept. */
  long oldest();

  /** Reads what it keeps, as {@link RoomLog#read} does; completed on any thread. */
  CompletionStage<Slice> read(Position after, int limit);
}
