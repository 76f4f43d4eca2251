package io.chatroom.client.cli;

import java.util.regex.Pattern;

/**
 * Decides by a regular expression which messages are wanted, and gives up on a text rather than
 * think about it for ever. The expression is its user's own, but the text is a stranger's: even an
 * innocent expression may need hours for 64 KiB that were made for it, or more stack than there is.
 */
final class TextFilter {

  /** What a text is to a filter. */
  enum Verdict {
    WANTED,
    NOT_WANTED,
    /** It would take too long to find out, or need too much memory. */
    GAVE_UP
  }

  /**
   * How many characters are looked at for one text, counting those looked at again: a fraction of a
   * second, and enough for an expression that starts all over at each character of a 4 KiB text.
   */
  private static final int MOST_LOOKS = 10_000_000;

  private final Pattern wanted;

  /**
   * @param wanted what a text must have somewhere in it
   */
  TextFilter(Pattern wanted) {
    this.wanted = wanted;
  }

  Verdict judge(String text) {
    try {
      return wanted.matcher(new LimitedText(text)).find() ? Verdict.WANTED : Verdict.NOT_WANTED;
    } catch (TooManyLooks | StackOverflowError e) {
      return Verdict.GAVE_UP;
    }
  }

  /** The only way to stop a {@link java.util.regex.Matcher}: it looks at a text through this. */
  private static final class LimitedText implements CharSequence {

    private final String text;
    private int looks;

    LimitedText(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (++looks > MOST_LOOKS) {
        throw new TooManyLooks();
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

  private static final class TooManyLooks extends RuntimeException {

    TooManyLooks() {
      super("too many looks at one text", null, false, false);
    }
  }
}
