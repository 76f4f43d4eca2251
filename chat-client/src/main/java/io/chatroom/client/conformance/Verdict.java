package io.chatroom.client.conformance;

/** What came of a case. */
public sealed interface Verdict {

  /** The server does what the sentence says. */
  record Holds() implements Verdict {}

  /** It does not; both are whole phrases. */
  record Fails(String expected, String actual) implements Verdict {}

  /** It could not be judged, and why. */
  record NotRun(String reason) implements Verdict {}
}
