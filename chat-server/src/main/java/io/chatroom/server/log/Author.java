package io.chatroom.server.log;

/** Who said something, as far as a log has to know. */
public interface Author {

  /**
   * The name as it stands in front of each of its messages on the seed's wire: a header, then
   * UTF-8. Never changes.
   */
  byte[] nameFrame();
}
