package io.chatroom.client.cli;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection to say something over, by one protocol or the other. */
interface Sending extends AutoCloseable {

  /** Where the next message comes from. */
  interface Source {
    /** The next message, or null when there is none. */
    @Nullable String next() throws IOException;
  }

  /**
   * Says everything. However much that is, and however slowly the server takes it, only a little of
   * it waits in memory.
   */
  void say(Source source) throws IOException;

  /** Completes when nothing can be said any more. */
  CompletableFuture<?> gone();

  /** Leaves in order. */
  @Override
  void close();

  /**
   * Tells what went wrong, and which messages may not have arrived; after {@link #close}.
   *
   * @param trouble what ended the saying early, or null
   * @return whether all is well
   */
  boolean tell(@Nullable IOException trouble, Consumer<String> line);
}
