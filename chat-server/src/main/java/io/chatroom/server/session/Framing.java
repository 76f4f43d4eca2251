package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer;
import io.netty.buffer.ByteBuf;

/**
 * The form of one object on the wire: a frame over TCP, a WebSocket message, or an HTTP event.
 * Thread-safe.
 */
public interface Framing {

  /** Writes an object in its frame. */
  void write(FromServer object, ByteBuf out);

  /**
   * Writes a message or event of a room in its frame.
   *
   * @param epoch the epoch of its sequence number
   */
  default void writeEntry(FromServer entry, String epoch, ByteBuf out) {
    write(entry, out);
  }
}
