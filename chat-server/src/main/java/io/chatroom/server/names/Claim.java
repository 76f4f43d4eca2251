package io.chatroom.server.names;

import org.jspecify.annotations.Nullable;

/** The answer to a claim of a name. */
public sealed interface Claim {

  /**
   * The claim succeeded, and is stored. The token is not in {@link #toString}.
   *
   * @param person the person, now as the owner
   * @param token proves the ownership; it cannot be shown again
   * @param keepDays the days without use after which the ownership ends; null is never
   */
  record Granted(Person person, String token, @Nullable Long keepDays) implements Claim {

    @Override
    public String toString() {
      return "Granted[person=" + person + "]";
    }
  }

  /** The claim was refused. */
  record Refused(Denial why) implements Claim {}
}
