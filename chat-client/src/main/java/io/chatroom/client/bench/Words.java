package io.chatroom.client.bench;

import io.netty.buffer.ByteBuf;

/** What the senders of a bench say, as it goes over the wire. */
interface Words {

  /** How many take turns: message {@code n} is said by sender {@code n % senders}. */
  int senders();

  /** How many bytes a message has on its way to the server. */
  int frameBytes();

  /**
   * Appends one message.
   *
   * @param kind what it is for, one of the constants of {@link Script}
   * @param number of the message, below 10,000,000,000
   */
  void write(ByteBuf out, byte kind, long number);
}
