package io.chatroom.server.carrier;

import org.jspecify.annotations.Nullable;

/** A server and its transports, driven by a test of the laws on one thread. */
interface World extends AutoCloseable {

  /** A new connection; null if no more are possible. */
  @Nullable Line connect();

  /** Lets a little of the pending work happen. */
  void pump();

  /** Lets loads of rooms fail until {@link #calm}; no effect in most worlds. */
  default void trouble() {}

  /** Ends the random failures. */
  default void calm() {}

  /** Begins to stop the server; false if this world cannot. */
  boolean stop();

  /** True if the server can restart with its data. */
  default boolean canRestart() {
    return false;
  }

  /** Stops the server and all connections, and starts another one with the same data. */
  default void restart() {
    throw new UnsupportedOperationException("nothing is kept");
  }

  @Override
  void close();

  /** The client's end of a connection. */
  interface Line {

    /** Sends bytes, which arrive in random pieces. */
    void send(byte[] bytes);

    /** The bytes received since the last call. */
    byte[] receive();

    /** True if the server has ended its stream, and all bytes were taken. */
    boolean hasEnded();

    /** Stops reading. */
    void stick();

    /** Resumes reading. */
    void unstick();

    /** Aborts the connection. */
    void cut();

    /** Ends the client's stream after all sent bytes. */
    void endOutput();
  }
}
