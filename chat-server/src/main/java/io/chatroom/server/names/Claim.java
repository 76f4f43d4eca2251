package io.chatroom.server.names;

import org.jspecify.annotations.Nullable;

/** What becomes of somebody who claims a name. */
public sealed interface Claim {

  /**
   * The name is its own, and that is safe. The token is not in {@link #toString}.
   *
   * @param person who it is from now on
   * @param token proves it; nobody can tell it again
   * @param keepDays after so many days without use the name belongs to nobody; null is never
   */
  record Granted(Person person, String token, @Nullable Long keepDays) implements Claim {

    @Override
    public String toString() {
      return "Granted[person=" + person + "]";
    }
  }

  /** The name is not its own. */
  record Refused(Denial why) implements Claim {}
}
