package io.chatroom.server.carrier;

import org.jspecify.annotations.Nullable;

/** A server and the ways to it, as a test of the laws drives them. One thread. */
interface World extends AutoCloseable {

  /** A new connection on which nothing was sent; null if there can be no more. */
  @Nullable Line connect();

  /** Lets a little of what is due happen. */
  void pump();

  /** From here on what is asked for may fail, until {@link #calm}; nothing does in most worlds. */
  default void trouble() {}

  /** From here on nothing fails that failed now and then. */
  default void calm() {}

  /** The server begins to stop; false if that cannot be had here. */
  boolean stop();

  /** Whether the server can end and go on with what it has kept. */
  default boolean canRestart() {
    return false;
  }

  /** The server ends, with all connections, and another one begins with what it has kept. */
  default void restart() {
    throw new UnsupportedOperationException("nothing is kept");
  }

  @Override
  void close();

  /** A connection, as its client has it. */
  interface Line {

    /** Sends bytes, which arrive in whichever pieces. */
    void send(byte[] bytes);

    /** What has come since the last call. */
    byte[] receive();

    /** Whether the server has ended its stream, and all of it was taken. */
    boolean hasEnded();

    /** Reads nothing more. */
    void stick();

    /** Reads again. */
    void unstick();

    /** Breaks it off: nobody hears anything more of it. */
    void cut();

    /** Ends the own stream behind what was sent. */
    void endOutput();
  }
}
