package io.chatroom.client.cli;

import java.util.regex.Pattern;

/**
 * Filters messages by a regular expression, and bounds the work for each text. The expression is
 * the user's, but a stranger can craft a text of 64 KiB that makes even an innocent expression run
 * for hours, or overflow the stack.
 */
final class TextFilter {

  /** The result of matching a text. */
  enum Verdict {
    WANTED,
    NOT_WANTED,
    /** Matching would take too long, or too much memory. */
    GAVE_UP
  }

  /**
   * Maximum number of character reads, including repeated ones, for one text: a fraction of a
   * second, and enough for an expression that restarts at each character of a 4 KiB text.
   */
  private static final int MAX_READS = 10_000_000;

  private final Pattern wanted;

  /**
   * @param wanted the expression that must match somewhere in a text
   */
  TextFilter(Pattern wanted) {
    this.wanted = wanted;
  }

  Verdict judge(String text) {
    try {
      return wanted.matcher(new LimitedText(text)).find() ? Verdict.WANTED : Verdict.NOT_WANTED;
    } catch (TooManyReads | StackOverflowError e) {
      return Verdict.GAVE_UP;
    }
  }

  /**
   * The view of a text for a {@link java.util.regex.Matcher}, which cannot be stopped in any other
   * way.
   */
  private static final class LimitedText implements CharSequence {

    private final String text;
    private int reads;

    LimitedText(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (++reads > MAX_READS) {
        throw new TooManyReads();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private static final class TooManyReads extends RuntimeException {

    TooManyReads() {
      super("too many character reads of one text", null, false, false);
    }
  }
}
