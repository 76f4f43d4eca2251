package io.chatroom.server.session;

import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.protocol.session.SessionLimits;
import io.chatroom.server.names.Bot;
import io.chatroom.server.names.Pair;
import io.chatroom.server.room.Presence;
import io.chatroom.server.room.RoomSummary;
import io.chatroom.server.room.Rooms;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lists of rooms, members and tokens as objects for clients, each cut to what fits into one object.
 * Thread-safe.
 */
final class Listings {

  /** Upper bound for a room in a list, without its topic. */
  private static final int ROOM_BYTES = 192;

  private final Rooms rooms;
  private final int maxBytes;

  Listings(Rooms rooms, Limits limits) {
    this.rooms = rooms;
    this.maxBytes = ObjectSize.maxListBytes(limits);
  }

  private static int limit(@Nullable Long asked) {
    return asked == null ? SessionLimits.MAX_LISTED : (int) (long) asked;
  }

  /** Lists the rooms, up to one more than the answer may have. */
  CompletionStage<List<RoomSummary>> find(FromClient.Rooms asked) {
    String behind = asked.room() == null ? "" : asked.room().key();
    return rooms.list(behind, limit(asked.limit()) + 1);
  }

  /**
   * The answer to a request for rooms.
   *
   * @param found the result of {@link #find}
   * @param mayKnow true for the rooms whose topic the client may know
   */
  FromServer.Rooms rooms(
      FromClient.Rooms asked, List<RoomSummary> found, Predicate<RoomName> mayKnow) {
    int limit = limit(asked.limit());
    List<FromServer.Room> told = new ArrayList<>();
    long bytes = 0;
    for (RoomSummary room : found) {
      bytes += ROOM_BYTES + ObjectSize.of(room.topic());
      if (told.size() == limit || bytes > maxBytes) {
        break;
      }
      RoomName name = RoomName.of(room.name());
      String topic = mayKnow.test(name) ? room.topic() : null;
      told.add(new FromServer.Room(name, room.members(), room.newest(), topic));
    }
    return new FromServer.Rooms(asked.q(), told, told.size() == found.size());
  }

  /** The members of all rooms. */
  FromServer.Members members(FromClient.Members asked) {
    return new FromServer.Members(
        asked.q(), null, fitting(rooms.names(limit(asked.limit()))), rooms.allMembers());
  }

  /** The members of one room. */
  FromServer.Members members(FromClient.Members asked, Place place) {
    Presence presence = place.presence();
    if (place.pair() != null) {
      List<String> names = names(place.pair());
      return new FromServer.Members(
          asked.q(),
          place.room(),
          names.subList(0, Math.min(names.size(), limit(asked.limit()))),
          names.size());
    }
    return new FromServer.Members(
        asked.q(), place.room(), fitting(presence.names(limit(asked.limit()))), presence.members());
  }

  /** The tokens of bots that fit; all of them unless maxMessageBytes is tiny. */
  FromServer.Tokens tokens(String q, List<Bot> bots, @Nullable String token) {
    List<FromServer.BotToken> told = new ArrayList<>();
    long bytes = 0;
    for (Bot bot : bots) {
      bytes += ROOM_BYTES + ObjectSize.of(bot.label());
      bytes += ObjectSize.of(bot.rooms().stream().map(RoomName::text).toList());
      if (bytes > maxBytes) {
        break;
      }
      told.add(new FromServer.BotToken(bot.label(), bot.rooms(), bot.scope(), bot.madeMillis()));
    }
    return new FromServer.Tokens(q, told, token);
  }

  /** The names of a pair. It stays private which of the two is connected. */
  static List<String> names(Pair pair) {
    return Stream.of(pair.first().name(), pair.second().name()).distinct().toList();
  }

  private List<String> fitting(List<String> names) {
    long bytes = 0;
    for (int i = 0; i < names.size(); i++) {
      bytes += ObjectSize.of(names.get(i));
      if (bytes > maxBytes) {
        return names.subList(0, i);
      }
    }
    return names;
  }

  /** The names of all members of a room; null if they are too many to send without a request. */
  @Nullable List<String> unlessCrowded(Presence presence) {
    List<String> names = presence.names(SessionLimits.MAX_LISTED + 1);
    boolean fit = ObjectSize.of(names) + ObjectSize.of(presence.topic()) <= maxBytes;
    return fit && names.size() <= SessionLimits.MAX_LISTED ? names : null;
  }
}
