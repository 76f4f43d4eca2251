package io.chatroom.server.hooks;

import io.chatroom.server.log.Position;
import io.chatroom.server.log.Slice;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Access to rooms for hooks. Thread-safe. */
public interface HookedRooms {

  /** Returns true if this server delivers to hooks; one of several that share rooms does. */
  default boolean deliverHere() {
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
