package io.chatroom.client;

import io.chatroom.protocol.session.Position;
import io.chatroom.protocol.session.SessionLimits;
import org.jspecify.annotations.Nullable;

/**
 * Where in a room a {@link SessionClient} begins to hear it. It says so once: whenever the client
 * connects again it goes on exactly where it was. Immutable, for any thread.
 *
 * @param after everything up to there is known; what came behind it is heard first
 * @param last how many of the newest to hear first; not both
 */
public record Start(@Nullable Position after, @Nullable Long last) {

  /**
   * @throws IllegalArgumentException if both are there, or {@code last} is out of range
   */
  public Start {
    if (after != null && last != null) {
      throw new IllegalArgumentException("a start after " + after + " and with the last " + last);
    }
    if (last != null && (last < 0 || last > SessionLimits.MAX_INTEGER)) {
      throw new IllegalArgumentException(
          "the last " + last + ", expected 0 to " + SessionLimits.MAX_INTEGER);
    }
  }

  /** With what is said from now on. */
  public static Start live() {
    return new Start(null, null);
  }

  /** With this number of the newest messages and events, or with all if the server keeps fewer. */
  public static Start last(long number) {
    return new Start(null, number);
  }

  /** With everything behind a place, for instance one that a script has stored. */
  public static Start after(Position position) {
    return new Start(position, null);
  }
}
