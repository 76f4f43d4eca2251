package io.chatroom.server.room;

import io.netty.buffer.ByteBuf;

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
    return room.say(seat, messageFrame);
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
