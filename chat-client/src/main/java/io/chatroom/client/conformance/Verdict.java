package io.chatroom.client.conformance;

/** The outcome of a case. */
public sealed interface Verdict {

  /** The server meets the requirement. */
  record Holds() implements Verdict {}

  /** The server does not meet the requirement. Both components are whole phrases. */
  record Fails(String expected, String actual) implements Verdict {}

  /** The case could not be judged; the reason is a whole phrase. */
  record NotRun(String reason) implements Verdict {}
}
