package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.names.Owner;
import io.chatroom.server.names.Pair;
import io.chatroom.server.room.Seat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rooms that one session is in, and how it leaves them. {@link Joins} adds rooms. Belongs to
 * the session's event loop.
 */
final class Places {

  private final Terms terms;
  private final Replies replies;

  /** By the session's name for the room. */
  private final Map<String, Place> places = new LinkedHashMap<>();

  private int privates;

  /** How many rooms the session leaves as soon as its requests there are answered. */
  private int leaving;

  Places(Terms terms, Replies replies) {
    this.terms = terms;
    this.replies = replies;
  }

  // ---- lookup

  boolean areEmpty() {
    return places.isEmpty();
  }

  /** True if the session may join no further room that is not private. */
  boolean areFull() {
    return places.size() - privates >= terms.maxRooms();
  }

  /** How many further private rooms the session may join. */
  int freePrivates() {
    return terms.maxPrivateRooms() - privates;
  }

  List<Place> all() {
    return List.copyOf(places.values());
  }

  void forEach(Consumer<Place> action) {
    places.values().forEach(action);
  }

  @Nullable Place get(RoomName room) {
    return places.get(room.key());
  }

  boolean contains(RoomName room) {
    return places.containsKey(room.key());
  }

  /** True while the session has not left this place. */
  boolean has(Place place) {
    return places.get(place.room().key()) == place;
  }

  /** The place in a room, by the server's name for the room; null if there is none. */
  @Nullable Place byKey(String key) {
    if (!RoomLog.isPrivate(key)) {
      return places.get(key);
    }
    for (Place place : places.values()) {
      if (place.key().equals(key)) {
        return place;
      }
    }
    return null;
  }

  @Nullable Place of(Seat seat) {
    for (Place place : places.values()) {
      if (place.presence().seat() == seat) {
        return place;
      }
    }
    return null;
  }

  /** An owner's name for a room, by the server's name; null if the room belongs to another pair. */
  static @Nullable RoomName nameFor(Owner owner, String key) {
    if (!RoomLog.isPrivate(key)) {
      return RoomName.of(key);
    }
    Pair pair = Pair.ofKey(key);
    return pair == null || !pair.has(owner) ? null : pair.seenBy(owner);
  }

  // ---- state of all rooms

  /** The last sequence number that the session has received, by room. */
  Map<RoomName, Long> heads() {
    Map<RoomName, Long> heads = new LinkedHashMap<>();
    places.values().forEach(place -> heads.put(place.room(), place.head()));
    return heads;
  }

  /** The position of the session in a room; null if it is not there. */
  @Nullable Position position(RoomName room) {
    Place place = get(room);
    return place == null ? null : new Position(place.epoch(), place.head());
  }

  /** True if the session lags behind in some room. */
  boolean anyLags() {
    return places.values().stream().anyMatch(place -> place.presence().lags());
  }

  /** How many posts and other changes wait for their answers. */
  int questions() {
    int waiting = 0;
    for (Place place : places.values()) {
      waiting += place.questions();
    }
    return waiting;
  }

  boolean waitForAnswers() {
    return places.values().stream().anyMatch(Place::waitsForAnswers);
  }

  // ---- joining and leaving

  void add(Place place) {
    places.put(place.room().key(), place);
    privates += place.pair() == null ? 0 : 1;
  }

  /** Leaves a room now, and tells the client. */
  void leave(Place place, @Nullable String q) {
    remove(place);
    replies.send(new FromServer.Left(q, place.room()));
  }

  /** Leaves a room once all requests there are answered. */
  void leaveWhenAnswered(Place place, @Nullable String q) {
    if (place.waitsForAnswers()) {
      place.leaveWhenAnswered(q);
      leaving++;
    } else {
      leave(place, q);
    }
  }

  /** True if {@link #leaveAnswered} will have something to do. */
  boolean areLeaving() {
    return leaving > 0;
  }

  /** Leaves the rooms that were waiting for answers and have them now. */
  void leaveAnswered() {
    if (leaving == 0) {
      return;
    }
    for (Place place : all()) {
      if (place.isLeaving() && !place.waitsForAnswers()) {
        leave(place, place.leavesFor());
      }
    }
  }

  /** Leaves all rooms now, without telling the client. */
  void leaveAll() {
    List<Place> left = all();
    places.clear();
    privates = 0;
    leaving = 0;
    left.forEach(place -> place.presence().leave());
  }

  /**
   * Leaves a room now, without telling the client.
   *
   * @return the place that it had; null if it is not there
   */
  @Nullable Place putOut(RoomName room) {
    Place place = get(room);
    if (place != null) {
      remove(place);
    }
    return place;
  }

  private void remove(Place place) {
    places.remove(place.room().key());
    privates -= place.pair() == null ? 0 : 1;
    leaving -= place.isLeaving() ? 1 : 0;
    place.presence().leave();
  }
}
