package io.chatroom.server.hooks;

import io.chatroom.server.log.Position;
import io.chatroom.server.log.Slice;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What hooks know of rooms: what they keep. Thread-safe. */
public interface HookedRooms {

  /** Whether this server tells hooks; of several that share rooms, one does. */
  default boolean areTold() {
    return true;
  }

  /**
   * Where the order of a room ends now; null if there is no such room. May block.
   *
   * @throws IOException if that cannot be told for now
   */
  @Nullable Position newest(String room) throws IOException;

  /** Reads what a room keeps behind a position, as its log does; null if there is no such room. */
  @Nullable CompletionStage<Slice> read(String room, Position after, int limit);
}
