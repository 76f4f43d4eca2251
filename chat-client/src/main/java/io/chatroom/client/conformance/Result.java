package io.chatroom.client.conformance;

import java.time.Duration;

/** A case, its verdict, and the time it took. */
public record Result(Case judged, Verdict verdict, Duration took) {

  public boolean holds() {
    return verdict instanceof Verdict.Holds;
  }

  /**
   * Returns true if this result makes the server fail: the case did not pass, and it is a MUST or
   * every SHOULD counts.
   */
  public boolean counts(boolean strict) {
    return !holds() && (strict || judged.level() == Level.MUST);
  }
}
