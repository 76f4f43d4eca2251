package io.chatroom.client.conformance;

import java.time.Duration;

/** A case, what came of it, and how long that took. */
public record Result(Case judged, Verdict verdict, Duration took) {

  public boolean holds() {
    return verdict instanceof Verdict.Holds;
  }

  /** Whether it keeps the server from passing: every MUST does, a SHOULD only in strict mode. */
  public boolean counts(boolean strict) {
    return !holds() && (strict || judged.level() == Level.MUST);
  }
}
