package io.chatroom.server.log;

/** The author of a message, as far as a log must know. */
public interface Author {

  /**
   * The name frame that precedes each of its messages in the seed's protocol: a header, then UTF-8.
   * Never changes.
   */
  byte[] nameFrame();
}
