package io.chatroom.server.room;

import io.chatroom.server.log.Position;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.Slice;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A member's presence in one room, for its surface: what it can do there. All methods must be
 * called from the event loop of its channel.
 */
public final class Presence {

  private final Room room;
  private final Seat seat;

  Presence(Room room, Seat seat) {
    this.room = room;
    this.seat = seat;
  }

  /** Its place. */
  public Seat seat() {
    return seat;
  }

  /**
   * Says something to everybody else in the room.
   *
   * @param messageFrame the message as it goes over the seed's wire; copied
   * @return whether it stands in the room's order, or will; not when the server stops
   */
  public boolean say(ByteBuf messageFrame) {
    return room.say(seat, messageFrame, null);
  }

  /**
   * Posts something to everybody in the room. Its author is answered in its place: by what the
   * encoding gives for its {@link Encoding#own own}, or by {@link Member#repeated} or {@link
   * Member#reused}.
   *
   * @param messageFrame the message as it goes over the seed's wire; copied
   * @return as {@link #say}
   */
  public boolean post(ByteBuf messageFrame, Post post) {
    return room.say(seat, messageFrame, post);
  }

  /**
   * Puts an event into the room's order.
   *
   * @return as {@link #say}
   */
  public boolean happens(RoomEvent event) {
    return room.happens(seat, event);
  }

  /** How many members the room has. */
  public int members() {
    return room.members();
  }

  /** The names of some members, those who have been there longest first. */
  public List<String> names(int limit) {
    return room.names(limit);
  }

  /** What the room is about; null if nobody has said so. */
  public @Nullable String topic() {
    return room.topic();
  }

  /** Where the room's order ends now. */
  public Position newest() {
    return room.newest();
  }

  /** The number of the oldest message that the room keeps; one more than the newest if none. */
  public long oldest() {
    return room.log().first();
  }

  /** Whether the room's log cannot make safe what is said there for now. */
  public boolean isRefusing() {
    return room.isRefusing();
  }

  /** Reads what the room keeps, as {@link RoomLog#read} does. */
  public CompletionStage<Slice> read(Position after, int limit) {
    return room.log().read(after, limit);
  }

  /** Gives it nothing more, because it is about to leave. It can still say something. */
  public void listensNoMore() {
    room.letGo(seat);
  }

  /** Whether it does not keep up, so that something that is for it waits, or is lost to it. */
  public boolean lags() {
    return room.lags(seat);
  }

  /** Leaves the room. Must be called once, at the latest when the channel has closed. */
  public void leave() {
    room.leave(seat);
  }
}
