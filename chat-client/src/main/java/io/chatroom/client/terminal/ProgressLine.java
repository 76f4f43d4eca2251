package io.chatroom.client.terminal;

import io.chatroom.protocol.VisibleText;
import java.io.PrintStream;
import java.util.Map;

/**
 * A progress line on the error stream, which changes in place and leaves nothing behind. It prints
 * nothing if the stream is not a terminal, or the terminal cannot return to the start of a line.
 */
public final class ProgressLine {

  private final PrintStream err;
  private final boolean on;
  private int shown;

  private ProgressLine(PrintStream err, boolean on) {
    this.err = err;
    this.on = on;
  }

  /** A line for a terminal that is not dumb; otherwise silent. */
  public static ProgressLine of(Stdio stdio, Map<String, String> environment) {
    boolean dumb = environment.getOrDefault("TERM", "").equals("dumb");
    return new ProgressLine(stdio.err(), stdio.terminal() && !dumb);
  }

  /** Shows a text in place of the previous one. */
  public void show(String text) {
    if (!on) {
      return;
    }
    String line = VisibleText.of(text);
    err.print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
    err.flush();
    shown = line.length();
  }

  /** Erases the line; call it before anything else is printed. */
  public void clear() {
    if (shown > 0) {
      show("");
      err.print("\r");
      err.flush();
      shown = 0;
    }
  }
}
