package io.chatroom.server.room;

import io.netty.buffer.ByteBuf;

/** A burst as members of one kind get it. Read from any thread. */
public final class Encoded {

  private final ByteBuf bytes;
  private final int[] ends;

  /**
   * Puts bytes and the places of messages together.
   *
   * @param bytes from index 0 to the writer index; direct memory, so that it can go to a socket as
   *     it is; the reference goes with it
   * @param ends for each message where it ends in {@code bytes}; may be longer than needed, not
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

  /** Where a message begins, counted from 0; also the place behind the last. */
  int start(int message) {
    return message == 0 ? 0 : ends[message - 1];
  }
}
