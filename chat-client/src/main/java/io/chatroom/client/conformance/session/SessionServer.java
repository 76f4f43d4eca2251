package io.chatroom.client.conformance.session;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The facts about a server that the kit needs to judge its sessions.
 *
 * @param seedRoom the room that sessions share with programs of the seed's protocol
 * @param stop stops the server, or null if it must not be stopped
 * @param key the server's key, or null if it asks for none
 */
public record SessionServer(String seedRoom, @Nullable Stop stop, @Nullable String key) {

  /** A server that asks for no key. */
  public SessionServer(String seedRoom, @Nullable Stop stop) {
    this(seedRoom, stop, null);
  }

  /** Leaves out the key, which is secret. */
  @Override
  public String toString() {
    return "SessionServer of " + seedRoom;
  }

  /** Begins to stop a server, which may still run on return. */
  @FunctionalInterface
  public interface Stop {

    /**
     * Begins to stop the server.
     *
     * @throws IOException if the stop cannot begin; the message is a phrase for people
     */
    void stop() throws IOException;
  }
}
