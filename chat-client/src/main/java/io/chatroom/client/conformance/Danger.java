package io.chatroom.client.conformance;

/**
 * The risk of a case to a server that is not prepared for it. Cases run in this order, so that a
 * server that does not survive the last of them has already been judged by the others.
 */
public enum Danger {
  /** Ordinary messages. */
  GENTLE,
  /** Unusual, but harmless to a server that reads whole frames: bad headers, abrupt disconnects. */
  ROUGH,
  /** Stalls a server that waits for one connection at a time. */
  STALLING,
  /** Frames in pieces: a server that takes each read for a frame gets out of step. */
  PIECES,
  /** Can crash a server that trusts its input. */
  FATAL,
  /** Takes long: waits until the time to register is over, or keeps the room busy for a while. */
  LONG,
  /** Stops the server, after all other cases. */
  ENDING
}
