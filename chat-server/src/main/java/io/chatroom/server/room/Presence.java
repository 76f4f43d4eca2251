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
 * A member's presence in one room, as its surface uses it. All methods must be called from the
 * event loop of the member's channel.
 */
public final class Presence {

  private final Room room;
  private final Seat seat;

  Presence(Room room, Seat seat) {
    this.room = room;
    this.seat = seat;
  }

  /** The member's seat. */
  public Seat seat() {
    return seat;
  }

  /**
   * Sends a message to everybody else in the room.
   *
   * @param messageFrame the message in the format of the seed protocol; copied
   * @return true if the message is, or will be, in the room's order; false if the server is
   *     stopping
   */
  public boolean send(ByteBuf messageFrame) {
    return room.send(seat, messageFrame, null);
  }

  /**
   * Posts a message to everybody in the room. In place of the message its author receives an
   * answer: the encoding's {@link Encoding#own own}, or a call of {@link Member#repeated} or {@link
   * Member#reused}.
   *
   * @param messageFrame the message in the format of the seed protocol; copied
   * @return as {@link #send}
   */
  public boolean post(ByteBuf messageFrame, Post post) {
    return room.send(seat, messageFrame, post);
  }

  /**
   * Puts an event into the room's order.
   *
   * @return as {@link #send}
   */
  public boolean happens(RoomEvent event) {
    return room.happens(seat, event);
  }

  /** The number of members in the room. */
  public int members() {
    return room.members();
  }

  /** The names of some members, in the order of joining. */
  public List<String> names(int limit) {
    return room.names(limit);
  }

  /** The room's topic; null if none is set. */
  public @Nullable String topic() {
    return room.topic();
  }

  /** Where the room's order ends now. */
  public Position newest() {
    return room.newest();
  }

  /**
   * The sequence number of the oldest message that the room keeps; one more than the newest if
   * there is none.
   */
  public long oldest() {
    return room.log().first();
  }

  /** Returns true if the room's log cannot store messages for now. */
  public boolean isRefusing() {
    return room.isRefusing();
  }

  /** Reads the messages that the room keeps, as {@link RoomLog#read} does. */
  public CompletionStage<Slice> read(Position after, int limit) {
    return room.log().read(after, limit);
  }

  /** Stops deliveries to the member, because it is about to leave. It can still send. */
  public void stopListening() {
    room.stopDelivery(seat);
  }

  /** Returns true if the member does not keep up: messages for it wait, or are lost. */
  public boolean lags() {
    return room.lags(seat);
  }

  /** Leaves the room. Must be called exactly once, at the latest when the channel has closed. */
  public void leave() {
    room.leave(seat);
  }
}
