package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer;
import io.netty.buffer.ByteBuf;

/** How one object stands on the wire: as a frame of TCP or of WebSocket. Thread-safe. */
public interface Framing {

  /** Writes an object with what stands around it. */
  void write(FromServer object, ByteBuf out);
}
