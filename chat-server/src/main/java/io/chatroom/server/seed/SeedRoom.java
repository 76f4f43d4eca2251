package io.chatroom.server.seed;

import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.room.Outlet;
import io.chatroom.server.room.Rooms;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** The one room of all seed members of a server. Thread-safe. */
public final class SeedRoom {

  private final Rooms rooms;
  private final RoomName name;
  private final SeedKind kind;

  /**
   * Creates the room.
   *
   * @param name the room's name
   * @param kind the kind of all its members
   */
  public SeedRoom(Rooms rooms, RoomName name, SeedKind kind) {
    this.rooms = rooms;
    this.name = name;
    this.kind = kind;
  }

  /** The name of the room. */
  RoomName name() {
    return name;
  }

  /** Returns true if connections are refused, because the server is stopping. */
  public boolean isClosing() {
    return rooms.isClosing();
  }

  /**
   * Makes a connection join the room. It receives exactly the messages after this call in the
   * room's order, and leaves by being closed. Called from its event loop.
   *
   * @param in where reading resumes
   * @param outlet writes to it
   * @param memberName its name, for people; need not be unique
   * @param nameFrame the name in the format of the protocol, as it precedes each of its messages;
   *     copied
   */
  public SeedMember join(
      ChannelHandlerContext in, Outlet outlet, String memberName, ByteBuf nameFrame) {
    return new SeedMember(in, outlet, kind, rooms, name.key(), memberName, nameFrame);
  }
}
