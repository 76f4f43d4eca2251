package io.chatroom.server.carrier;

import java.util.List;

/** How a client puts objects on the wire and takes them off it; one for each way in. */
interface Carriage {

  /** What a client sends first. */
  byte[] opening();

  /** An object as a client sends it. */
  byte[] wrap(byte[] json);

  /** For one connection. */
  Unwrapper unwrapper();

  /** Takes what a server sends apart. */
  interface Unwrapper {

    /** Takes the next bytes, cut anywhere; the answer is the objects that end in them. */
    List<byte[]> unwrap(byte[] bytes);
  }
}
