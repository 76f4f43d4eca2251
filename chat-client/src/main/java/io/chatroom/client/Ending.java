package io.chatroom.client;

/** How a connection ended when nothing went wrong. Constants, for any thread. */
public enum Ending {

  /**
   * We left in order, and the server answered by ending its side: it has read all that was sent.
   */
  BY_US,

  /**
   * We left in order, and the server neither objected nor ended its side until the time to wait was
   * over. The operating systems have taken everything, and the server's has acknowledged it where
   * this one tells; whether the server has read it, nobody knows. The first server of this protocol
   * never ends its side.
   */
  UNANSWERED,

  /**
   * The server ended the connection first, by a FIN: it stopped, or it closed us, which is how it
   * answers what it does not accept. There is no telling how much of what was sent it had read.
   */
  BY_SERVER
}
