package io.chatroom.server.hooks;

import io.chatroom.server.log.Position;
import io.chatroom.server.log.Slice;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What hooks know of rooms: what they keep. Thread-safe. */
public interface HookedRooms {

  /** Where the order of a room ends now; null if there is no such room. */
  @Nullable Position newest(String room);

  /** Reads what a room keeps behind a position, as its log does; null if there is no such room. */
  @Nullable CompletionStage<Slice> read(String room, Position after, int limit);
}
