package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer;
import io.netty.buffer.ByteBuf;

/**
 * How one object stands on the wire: as a frame of TCP or of WebSocket, or as an event of HTTP.
 * Thread-safe.
 */
public interface Framing {

  /** Writes an object with what stands around it. */
  void write(FromServer object, ByteBuf out);

  /**
   * Writes a message or event that has its place in a room.
   *
   * @param epoch which log its number is of
   */
  default void writeEntry(FromServer entry, String epoch, ByteBuf out) {
    write(entry, out);
  }
}
