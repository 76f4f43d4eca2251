package io.chatroom.client.terminal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Asks a person at a terminal for a line. Not thread-safe. */
public final class Prompt {

  private final Stdio stdio;
  private final LineInput input;
  private boolean refused;

  public Prompt(Stdio stdio, LineInput input) {
    this.stdio = stdio;
    this.input = input;
  }

  /**
   * Shows a question, made safe, and waits for a line. If a line is invalid, says why, and asks
   * again.
   *
   * @return the line without its end, or null at the end of input
   */
  public @Nullable String ask(String question) throws IOException {
    while (true) {
      show(Shown.of(question));
      try {
        String line = input.next();
        if (line == null) {
          newLine(); // so that the shell's next output starts on a new line
        }
        return line;
      } catch (BadLineException e) {
        refused = true;
        stdio.complain(String.valueOf(e.getMessage()));
      }
    }
  }

  /** True if a line was invalid. */
  public boolean hasRefused() {
    return refused;
  }

  /** Leaves the line of an unanswered question. */
  public void newLine() throws IOException {
    show(System.lineSeparator());
  }

  private void show(String text) throws IOException {
    stdio.out().write(text.getBytes(StandardCharsets.UTF_8));
    stdio.out().flush();
  }
}
