package io.chatroom.client.conformance;

/**
 * What a case may do to a server that was not built for it. Cases run in this order, so that a
 * server that will not survive the last of them has first been judged by all the others.
 */
public enum Danger {
  /** Ordinary talk. */
  GENTLE,
  /** Unusual, but a server that reads whole frames can stand it: bad headers, hasty farewells. */
  ROUGH,
  /** Holds up a server that waits for one connection at a time. */
  STALLING,
  /** Frames in pieces: a server that takes a read for a frame loses its place. */
  PIECES,
  /** Ends a server that trusts what it is sent. */
  FATAL,
  /** Waits for the registration time to run out, with connections that say nothing. */
  LONG,
  /** Stops the server, once all others are judged. */
  ENDING
}
