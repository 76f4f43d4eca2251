package io.chatroom.server.web;

/**
 * An answer that goes on. What its reader is sent goes through the outlet of the connection, behind
 * the head of the answer, so that a room can write to it; what the reader sends is dropped. Belongs
 * to the event loop of its connection.
 */
public interface Stream {

  /** Ends it behind all that was sent. */
  void end();

  /** Whether it has ended, or its reader has gone; from the start if only its head was wanted. */
  boolean isOver();
}
