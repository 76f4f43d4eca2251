package io.chatroom.client.terminal;

import io.chatroom.client.chat.Verb;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jline.keymap.KeyMap;
import org.jline.reader.Binding;
import org.jline.reader.Candidate;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jline.reader.Reference;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.utils.AttributedString;
import org.jline.utils.InfoCmp.Capability;
import org.jspecify.annotations.Nullable;

/**
 * The line that is being typed. What JLine's own reader does not do: a prompt that changes while
 * somebody types, a window whose size changes, Control-Z, and pasted text without control
 * characters.
 */
final class ChatInput extends LineReaderImpl {

  /** How soon after we came back by ourselves the news of it may come. */
  private static final long ECHO_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final String SUSPEND = "suspend";

  private static final int MOST_REMEMBERED = 1_000;

  private final Absence absence;
  private final Supplier<List<String>> names;
  private final Attributes original;
  private final KeptHistory kept;
  private String shown = "";
  private volatile boolean suspended;
  private volatile long resumedNanos = System.nanoTime() - ECHO_NANOS;

  ChatInput(
      Terminal terminal, Absence absence, @Nullable Path history, Supplier<List<String>> names)
      throws IOException {
    super(terminal, "chat");
    this.absence = absence;
    this.names = names;
    original = terminal.getAttributes();
    setParser(new DefaultParser().quoteChars(new char[0]).escapeChars(new char[0]));
    setCompleter((reader, line, candidates) -> complete(line, candidates));
    option(Option.DISABLE_EVENT_EXPANSION, true); // "!" is for people
    option(Option.ERASE_LINE_ON_FINISH, true); // what was typed appears when it has gone
    option(Option.AUTO_FRESH_LINE, false);
    option(Option.HISTORY_TIMESTAMPED, false);
    option(Option.HISTORY_IGNORE_SPACE, false); // a text that was refused must come back, and whole
    option(Option.HISTORY_REDUCE_BLANKS, false);
    option(Option.INSERT_TAB, false);
    option(Option.CASE_INSENSITIVE, true);
    setVariable(LineReader.SECONDARY_PROMPT_PATTERN, "  ");
    setVariable(LineReader.BLINK_MATCHING_PAREN, 0);
    setVariable(LineReader.HISTORY_SIZE, MOST_REMEMBERED);
    setVariable(LineReader.HISTORY_FILE_SIZE, MOST_REMEMBERED);
    if (history != null) {
      setVariable(LineReader.HISTORY_FILE, history);
    }
    kept = new KeptHistory(history);
    setHistory(kept);
    // The prompt that a line begins with may have changed since it was asked for.
    getWidgets()
        .put(
            CALLBACK_INIT,
            () -> {
              setPrompt(shown);
              return true;
            });
    if (File.separatorChar == '/') { // elsewhere no shell could make it go on
      getWidgets()
          .put(
              SUSPEND,
              () -> {
                suspend();
                return true;
              });
      Objects.requireNonNull(getKeyMaps().get(MAIN)).bind(new Reference(SUSPEND), KeyMap.ctrl('Z'));
      terminal.handle(Signal.TSTP, signal -> suspend());
    }
    trackFocus(true);
  }

  Absence absence() {
    return absence;
  }

  KeptHistory kept() {
    return kept;
  }

  /** A text as a prompt that shows it: the reader would expand percent signs. */
  static String prompt(String text) {
    return text.replace("%", "%%");
  }

  /** Changes the prompt, also that of the line that is being typed, if one is. */
  void show(String changed) {
    lock.lock();
    try {
      shown = changed;
      setPrompt(changed);
      if (reading) {
        redisplay(true);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The beginning of a text, as much as one row of the window holds. */
  String cut(String safe) {
    int columns = terminal.getColumns() - 1;
    AttributedString whole = new AttributedString(safe);
    return columns <= 0 || whole.columnLength(terminal) <= columns
        ? safe
        : whole.columnSubSequence(terminal, 0, columns - 1) + "…";
  }

  private void complete(ParsedLine line, List<Candidate> candidates) {
    String word = line.word();
    if (line.wordIndex() == 0 && word.startsWith("/")) {
      Arrays.stream(Verb.values())
          .map(
              verb ->
                  new Candidate(verb.word(), verb.word(), null, verb.purpose(), null, null, true))
          .forEach(candidates::add);
      return;
    }
    for (String name : names.get()) {
      // A name that cannot be typed as it is shown is no help to anybody.
      if (!name.isBlank()
          && name.equals(Shown.of(name))
          && name.chars().noneMatch(Character::isWhitespace)) {
        candidates.add(new Candidate(name));
      }
    }
  }

  @Override
  public Binding readBinding(KeyMap<Binding> keys, KeyMap<Binding> local) {
    Binding binding = super.readBinding(keys, local);
    if (!(binding instanceof Reference reference)
        || !reference.name().startsWith("terminal-focus")) {
      absence.key();
    }
    return binding;
  }

  @Override
  public boolean focusIn() {
    absence.focusGained();
    return true;
  }

  @Override
  public boolean focusOut() {
    absence.focusLost();
    return true;
  }

  /** What is pasted may come from a stranger, too. Line ends and tabs stay. */
  @Override
  public boolean beginPaste() {
    String pasted =
        doReadStringUntil(BRACKETED_PASTE_END).replace("\r\n", "\n").replace('\r', '\n');
    StringBuilder safe = new StringBuilder(pasted.length());
    pasted
        .codePoints()
        .filter(c -> c == '\n' || c == '\t' || !Character.isISOControl(c))
        .forEach(safe::appendCodePoint);
    getBuffer().write(safe);
    return true;
  }

  @Override
  protected void handleSignal(Signal signal) {
    if (signal == Signal.CONT && (suspended || System.nanoTime() - resumedNanos < ECHO_NANOS)) {
      return;
    }
    super.handleSignal(signal);
    if (signal == Signal.WINCH) {
      lock.lock();
      try {
        if (reading) {
          redisplay(true);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Gives the terminal back, stops as the shell expects it, and takes the terminal again when the
   * shell says so. Whoever wants to print waits.
   */
  private void suspend() {
    lock.lock();
    try {
      if (!reading) {
        return;
      }
      suspended = true;
      display.update(List.of(), 0);
      Attributes ours = terminal.getAttributes();
      giveBack();
      terminal.setAttributes(original);
      stopProcessGroup();
      terminal.setAttributes(ours);
      take();
      size = terminal.getBufferSize();
      display.resize(size);
      redrawLine();
      redisplay(true);
    } finally {
      resumedNanos = System.nanoTime();
      suspended = false;
      lock.unlock();
    }
  }

  private void take() {
    terminal.puts(Capability.keypad_xmit);
    terminal.writer().write(BRACKETED_PASTE_ON);
    trackFocus(true);
    terminal.flush();
  }

  /** The library asks only one kind of terminal, but those that cannot do it ignore it. */
  private void trackFocus(boolean on) {
    terminal.writer().write(on ? "\u001b[?1004h" : "\u001b[?1004l");
  }

  private void giveBack() {
    trackFocus(false);
    terminal.writer().write(BRACKETED_PASTE_OFF);
    terminal.puts(Capability.keypad_local);
    terminal.flush();
  }

  /**
   * Sends the whole group what Control-Z would have sent it; the signal is ours no longer then.
   * Returns when it goes on. Where nobody could make it go on, the system ignores the signal.
   */
  private void stopProcessGroup() {
    terminal.handle(Signal.TSTP, Terminal.SignalHandler.SIG_DFL);
    try {
      new ProcessBuilder("sh", "-c", "kill -TSTP 0").inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      terminal.handle(Signal.TSTP, signal -> suspend());
    }
  }

  /** Leaves the terminal as it was found. */
  void restore() {
    try {
      giveBack();
      terminal.setAttributes(original);
      terminal.close();
    } catch (IOException | RuntimeException e) {
      // The window is gone, and with it what was to be restored.
      return;
    }
  }
}
