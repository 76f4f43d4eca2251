package io.chatroom.client.terminal;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.utils.InfoCmp.Capability;

/** The modes that the input line sets in a terminal, and gives back to the shell. */
final class TerminalModes {

  private final Terminal terminal;
  private final Attributes original;

  /** Remembers the shell's attributes. */
  TerminalModes(Terminal terminal) {
    this.terminal = terminal;
    original = terminal.getAttributes();
  }

  /** The library asks for it on one kind of terminal only, but others ignore it. */
  void trackFocus(boolean on) {
    terminal.writer().write(on ? "\u001b[?1004h" : "\u001b[?1004l");
  }

  /** Gives the terminal back to the shell. */
  void restore() {
    trackFocus(false);
    terminal.writer().write(LineReaderImpl.BRACKETED_PASTE_OFF);
    terminal.puts(Capability.keypad_local);
    terminal.flush();
    terminal.setAttributes(original);
  }

  /**
   * Gives the terminal back to the shell, and sends the whole process group the signal of
   * Control-Z, with its default action restored. Returns with our modes when the group is resumed.
   * In an orphaned group the system ignores the signal.
   *
   * @param onSignal handles the signal from then on
   */
  void stopProcessGroup(Runnable onSignal) {
    Attributes ours = terminal.getAttributes();
    restore();
    terminal.handle(Signal.TSTP, Terminal.SignalHandler.SIG_DFL);
    try {
      new ProcessBuilder("sh", "-c", "kill -TSTP 0").inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      terminal.handle(Signal.TSTP, signal -> onSignal.run());
    }
    terminal.setAttributes(ours);
    terminal.puts(Capability.keypad_xmit);
    terminal.writer().write(LineReaderImpl.BRACKETED_PASTE_ON);
    trackFocus(true);
    terminal.flush();
  }
}
