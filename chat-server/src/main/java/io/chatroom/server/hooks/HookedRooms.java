package io.chatroom.server.hooks;

import io.chatroom.server.log.Position;
import io.chatroom.server.log.Slice;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The rooms as hooks see them. Thread-safe. */
public interface HookedRooms {

  /** Whether this server delivers to hooks; of several that share rooms, one does. */
  default boolean areTold() {
    return true;
  }

  /**
   * The newest position of a room; null if there is no such room. May block.
   *
   * @throws IOException if that is unavailable for now
   */
  @Nullable Position newest(String room) throws IOException;

  /**
   * Reads the entries of a room after a position, as its log does; null if there is no such room.
   */
  @Nullable CompletionStage<Slice> read(String room, Position after, int limit);
}
