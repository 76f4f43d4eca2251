package io.chatroom.client.conformance;

/**
 * Thrown when a requirement does not hold, with what was expected and what happened. Both are whole
 * phrases, bounded in length and free of control characters, so that a terminal can show them.
 */
public final class Broken extends Exception {

  private final String expected;
  private final String actual;

  public Broken(String expected, String actual) {
    this.expected = expected;
    this.actual = actual;
  }

  /** Returns both phrases in one line. */
  @Override
  public String getMessage() {
    return "expected: " + expected + "; actual: " + actual;
  }

  public String expected() {
    return expected;
  }

  public String actual() {
    return actual;
  }
}
