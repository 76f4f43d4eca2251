package io.chatroom.server.session;

import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.protocol.session.SessionLimits;
import io.chatroom.server.room.Presence;
import io.chatroom.server.room.RoomSummary;
import io.chatroom.server.room.Rooms;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which rooms there are, and who is in them, as clients are told. Thread-safe. */
final class Listings {

  private final Rooms rooms;

  Listings(Rooms rooms) {
    this.rooms = rooms;
  }

  private static int limit(@Nullable Long asked) {
    return asked == null ? SessionLimits.MAX_LISTED : (int) (long) asked;
  }

  FromServer.Rooms rooms(FromClient.Rooms asked) {
    int limit = limit(asked.limit());
    String behind = asked.room() == null ? "" : asked.room().key();
    List<RoomSummary> found = rooms.list(behind, limit + 1);
    List<FromServer.Room> told = new ArrayList<>();
    for (RoomSummary room : found.subList(0, Math.min(limit, found.size()))) {
      told.add(
          new FromServer.Room(
              RoomName.of(room.name()), room.members(), room.newest(), room.topic()));
    }
    return new FromServer.Rooms(asked.q(), told, found.size() <= limit);
  }

  /** Who is in any room. */
  FromServer.Members members(FromClient.Members asked) {
    return new FromServer.Members(
        asked.q(), null, rooms.names(limit(asked.limit())), rooms.members());
  }

  /** Who is in one. */
  FromServer.Members members(FromClient.Members asked, Place place) {
    Presence presence = place.presence();
    return new FromServer.Members(
        asked.q(), place.room(), presence.names(limit(asked.limit())), presence.members());
  }

  /** The names of all members of a room; null if they are too many to be told unasked. */
  @Nullable List<String> unlessCrowded(Presence presence) {
    List<String> names = presence.names(SessionLimits.MAX_LISTED + 1);
    return names.size() > SessionLimits.MAX_LISTED ? null : names;
  }
}
