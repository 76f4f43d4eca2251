package io.chatroom.server.room;

import io.netty.buffer.ByteBuf;

/** A burst in one encoding. Can be read from any thread. */
public final class Encoded {

  private final ByteBuf bytes;
  private final int[] ends;

  /**
   * Combines the bytes with the ends of the messages in them.
   *
   * @param bytes from index 0 to the writer index; direct memory, so that a socket can take it as
   *     it is; takes over the reference
   * @param ends for each message, where it ends in {@code bytes}; can be longer than needed; not
   *     copied
   */
  public Encoded(ByteBuf bytes, int[] ends) {
    this.bytes = bytes;
    this.ends = ends;
  }

  ByteBuf bytes() {
    return bytes;
  }

  int size() {
    return bytes.writerIndex();
  }

  /** The index at which a message begins. The number of messages gives the end of the last one. */
  int start(int message) {
    return message == 0 ? 0 : ends[message - 1];
  }
}
