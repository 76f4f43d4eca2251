package io.chatroom.client.cli;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection to send messages over, in either protocol. */
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
  void say(Source source) throws IOException;

  /** Completes when nothing can be sent any more. */
  CompletableFuture<?> gone();

  /** Leaves in order. */
  @Override
  void close();

  /**
   * Reports what went wrong, and which messages may not have arrived; after {@link #close}.
   *
   * @param trouble what ended the sending early, or null
   * @return whether all is well
   */
  boolean tell(@Nullable IOException trouble, Consumer<String> line);
}
