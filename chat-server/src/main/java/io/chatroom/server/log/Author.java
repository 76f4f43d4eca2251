package io.chatroom.server.log;

/** The author of a message, as a log sees it. */
public interface Author {

  /**
   * The name frame that precedes each of its messages in the seed protocol: a header, then UTF-8.
   * Never changes.
   */
  byte[] nameFrame();
}
