package io.chatroom.server.carrier;

import java.util.List;

/** The client's side of the wire: one implementation per transport. */
interface Carriage {

  /** The first bytes of a client. */
  byte[] opening();

  /** An object as a client frames it. */
  byte[] wrap(byte[] json);

  /** A new decoder for one connection. */
  Unwrapper unwrapper();

  /** Splits the bytes of a server into objects. */
  interface Unwrapper {

    /** Takes the next bytes, split anywhere; returns the objects that end in them. */
    List<byte[]> unwrap(byte[] bytes);
  }
}
