package io.chatroom.client;

/** How a connection ended when nothing went wrong. Constants, for any thread. */
public enum Ending {

  /** We left in order, and the server ended its side in answer: it has read everything we sent. */
  BY_US,

  /**
   * We left in order, and the server neither objected nor ended its side in time. The operating
   * system has accepted everything, and the server's has acknowledged it if ours exposes that; the
   * server may or may not have read it. The seed's server never ends its side.
   */
  UNANSWERED,

  /**
   * The server ended the connection first, by a FIN: it is stopping, or it refused something we
   * sent. How much it had read by then is unknown.
   */
  BY_SERVER
}
