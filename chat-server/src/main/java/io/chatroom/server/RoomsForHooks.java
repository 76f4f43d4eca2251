package io.chatroom.server;

import io.chatroom.server.cluster.SharedStore;
import io.chatroom.server.hooks.HookedRooms;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Slice;
import io.chatroom.server.room.Rooms;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The rooms, for hooks. Of servers that share a store only the leader calls hooks, so that none is
 * called twice.
 */
record RoomsForHooks(Rooms rooms, @Nullable SharedStore shared) implements HookedRooms {

  @Override
  public boolean deliverHere() {
    return shared == null || shared.cluster().leads();
  }

  @Override
  public @Nullable Position newest(String room) throws IOException {
    rooms.keepOpen(room);
    return rooms.newest(room);
  }

  @Override
  public @Nullable CompletionStage<Slice> read(String room, Position after, int limit) {
    return rooms.read(room, after, limit);
  }
}
