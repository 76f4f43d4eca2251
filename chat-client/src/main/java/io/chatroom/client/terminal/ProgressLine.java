package io.chatroom.client.terminal;

import io.chatroom.protocol.VisibleText;
import java.io.PrintStream;
import java.util.Map;

/**
 * One line on the error stream that changes in place, so that a person sees that something goes on;
 * it leaves nothing behind. Where nobody would see it, or the terminal cannot go back to the start
 * of a line, it is silent.
 */
public final class ProgressLine {

  private final PrintStream err;
  private final boolean on;
  private int shown;

  private ProgressLine(PrintStream err, boolean on) {
    this.err = err;
    this.on = on;
  }

  /** For a terminal that is not a dumb one; otherwise silent. */
  public static ProgressLine of(Stdio stdio, Map<String, String> environment) {
    boolean dumb = environment.getOrDefault("TERM", "").equals("dumb");
    return new ProgressLine(stdio.err(), stdio.terminal() && !dumb);
  }

  /** Shows this in place of what was shown before. */
  public void show(String text) {
    if (!on) {
      return;
    }
    String line = VisibleText.of(text);
    err.print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
    err.flush();
    shown = line.length();
  }

  /** Takes the line away; to be called before anything else is printed. */
  public void clear() {
    if (shown > 0) {
      show("");
      err.print("\r");
      err.flush();
      shown = 0;
    }
  }
}
