package io.chatroom.client.cli;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Sends messages over a connection, in either protocol. */
interface Sending extends AutoCloseable {

  /** The source of messages. */
  interface Source {
    /** The next message, or null when there is none. */
    @Nullable String next() throws IOException;
  }

  /**
   * Sends all messages. Only a few of them wait in memory, regardless of their number and the speed
   * of the server.
   */
  void send(Source source) throws IOException;

  /** Completes when nothing can be sent any more. */
  CompletableFuture<?> gone();

  /** Leaves in order. */
  @Override
  void close();

  /**
   * Reports the failure, and the messages that may not have arrived; call it after {@link #close}.
   *
   * @param trouble the failure that ended the sending early, or null
   * @return true if nothing failed
   */
  boolean tell(@Nullable IOException trouble, Consumer<String> line);
}
