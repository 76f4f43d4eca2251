package io.chatroom.client;

/** How a connection ended when nothing went wrong. */
public enum Ending {

  /**
   * We left in order: everything sent was handed over before our side was ended, and the server did
   * not object. Either it then ended its side too, or it was silent until the time to wait was over
   * (the first server of this protocol never ends its side).
   */
  BY_US,

  /**
   * The server ended the connection first, by a FIN: it stopped, or it closed us, which is how it
   * answers what it does not accept. There is no telling how much of what was sent it had read.
   */
  BY_SERVER
}
