package io.chatroom.client.conformance;

/**
 * A requirement does not hold: what was expected beside what was seen. Both are whole phrases,
 * bounded in length and free of control characters, fit for a terminal.
 */
public final class Broken extends Exception {

  private final String expected;
  private final String actual;

  public Broken(String expected, String actual) {
    super("expected " + expected + ", but " + actual);
    this.expected = expected;
    this.actual = actual;
  }

  public String expected() {
    return expected;
  }

  public String actual() {
    return actual;
  }
}
