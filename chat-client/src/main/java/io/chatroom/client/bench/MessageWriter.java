package io.chatroom.client.bench;

import io.netty.buffer.ByteBuf;

/** Writes the messages of a bench. */
interface MessageWriter {

  /** Returns how many senders take turns: sender {@code n % senders} sends message {@code n}. */
  int senders();

  /** Returns the size in bytes of a message to the server, with its frame. */
  int frameBytes();

  /**
   * Appends one message.
   *
   * @param kind one of the constants of {@link Script}
   * @param number the number of the message, below 10,000,000,000
   */
  void write(ByteBuf out, byte kind, long number);
}
