package io.chatroom.client.conformance.session;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What must be known of a server before its sessions can be judged.
 *
 * @param seedRoom the room of the programs of the seed's protocol
 * @param stop stops it, or null if it is not to be stopped
 * @param key lets sessions in, or null if the server asks for none
 */
public record SessionServer(String seedRoom, @Nullable Stop stop, @Nullable String key) {

  /** One that asks for no key. */
  public SessionServer(String seedRoom, @Nullable Stop stop) {
    this(seedRoom, stop, null);
  }

  /** Without the key, which is nobody else's business. */
  @Override
  public String toString() {
    return "SessionServer of " + seedRoom;
  }

  /** Stops a server; it need not have stopped on return. */
  @FunctionalInterface
  public interface Stop {

    /**
     * Stops it.
     *
     * @throws IOException if that cannot even begin; the message is a phrase for people
     */
    void stop() throws IOException;
  }
}
