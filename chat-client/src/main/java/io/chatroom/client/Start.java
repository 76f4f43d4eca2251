package io.chatroom.client;

import io.chatroom.protocol.session.Position;
import io.chatroom.protocol.session.SessionLimits;
import org.jspecify.annotations.Nullable;

/**
 * The position at which a {@link SessionClient} begins to receive a room. It applies to the first
 * join: after a reconnect the client continues exactly where it was. Immutable, for any thread.
 *
 * @param after begins after this position
 * @param last begins with this many of the newest; not together with {@code after}
 */
public record Start(@Nullable Position after, @Nullable Long last) {

  /**
   * @throws IllegalArgumentException if both are given, or {@code last} is out of range
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

  /** Begins with the next message. */
  public static Start live() {
    return new Start(null, null);
  }

  /** Begins with this many of the newest messages and events, or all if the server keeps fewer. */
  public static Start last(long number) {
    return new Start(null, number);
  }

  /** Begins after a position, for instance one that a script has stored. */
  public static Start after(Position position) {
    return new Start(position, null);
  }
}
