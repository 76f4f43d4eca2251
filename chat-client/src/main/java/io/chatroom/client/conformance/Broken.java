package io.chatroom.client.conformance;

/**
 * A requirement does not hold: what was expected beside what was seen. Both are whole phrases,
 * bounded in length and free of control characters, fit for a terminal.
 */
final class Broken extends Exception {

  private final String expected;
  private final String actual;

  Broken(String expected, String actual) {
    super("expected " + expected + ", but " + actual);
    this.expected = expected;
    this.actual = actual;
  }

  String expected() {
    return expected;
  }

  String actual() {
    return actual;
  }
}
