package io.chatroom.server.web;

/**
 * A streaming answer. After its head, its content goes through the outlet of the connection, so
 * that a room can write to it. Input from the reader is dropped. Belongs to the event loop of its
 * connection.
 */
public interface Stream {

  /** Ends it, once everything was sent. */
  void end();

  /**
   * Returns true if it has ended, or its reader has gone; from the start if only the head is
   * wanted.
   */
  boolean isOver();
}
