package io.chatroom.client;

/** How a connection ended when nothing went wrong. Constants, for any thread. */
public enum Ending {

  /**
   * We left in order, and the server answered by ending its side: it has read all that was sent.
   */
  BY_US,

  /**
   * We left in order, and the server neither objected nor ended its side in time. The operating
   * systems have accepted everything, and the server's has acknowledged it, where ours tells;
   * whether the server has read it is unknown. The seed's server never ends its side.
   */
  UNANSWERED,

  /**
   * The server ended the connection first, by a FIN: it is stopping, or it refused something we
   * sent. How much it had read by then is unknown.
   */
  BY_SERVER
}
