package io.chatroom.client.bench;

import io.netty.buffer.ByteBuf;

/** The messages of a bench, as they go over the wire. */
interface Words {

  /** How many senders take turns: sender {@code n % senders} sends message {@code n}. */
  int senders();

  /** The size of a message to the server. */
  int frameBytes();

  /**
   * Appends one message.
   *
   * @param kind what it is for, one of the constants of {@link Script}
   * @param number of the message, below 10,000,000,000
   */
  void write(ByteBuf out, byte kind, long number);
}
