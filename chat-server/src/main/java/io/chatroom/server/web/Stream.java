package io.chatroom.server.web;

/**
 * A streaming answer. Its content goes through the outlet of the connection, after the head of the
 * answer, so that a room can write to it; anything the reader sends is dropped. Belongs to the
 * event loop of its connection.
 */
public interface Stream {

  /** Ends it after everything sent. */
  void end();

  /**
   * Whether it has ended, or its reader has gone; true from the start if only the head is wanted.
   */
  boolean isOver();
}
