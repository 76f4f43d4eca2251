package io.chatroom.client.terminal;

import io.chatroom.client.chat.Completion;
import java.io.File;
import java.io.IOError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jline.keymap.KeyMap;
import org.jline.reader.Binding;
import org.jline.reader.Buffer;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.Reference;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.utils.AttributedString;
import org.jspecify.annotations.Nullable;

/**
 * The input line. Adds what JLine's own reader lacks: a prompt that changes while the user types, a
 * window whose size changes, Control-Z, pasted text without control characters, keys that move over
 * and delete whole grapheme clusters, and text that comes faster than it can be drawn.
 */
final class ChatInput extends LineReaderImpl {

  /** Maximum time between our own resumption and its signal. */
  private static final long ECHO_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A line up to this length is drawn at each key. */
  private static final int SHORT_LINE = 200;

  /** A longer line is drawn this often while there are more keys to read. */
  private static final long DRAWN_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final String BYTE_ORDER_MARK = "\ufeff"; // an editor's, at the start of a file

  private static final int MOST_REMEMBERED = 1_000;

  private final Absence absence;
  private final TerminalModes modes;
  private final KeptHistory kept;
  private String shown = "";
  private @Nullable Thread typist;
  private final LongSupplier nanos;
  private long drawnNanos;
  private volatile IntConsumer roomKey = number -> {};
  private boolean restored;
  private volatile boolean suspended;
  private volatile long resumedNanos = System.nanoTime() - ECHO_NANOS;

  ChatInput(Terminal terminal, Absence absence, @Nullable Path history, Completion completion)
      throws IOException {
    this(terminal, absence, history, completion, System::nanoTime);
  }

  /**
   * The same with another clock.
   *
   * @param nanos the clock for the time between two draws
   */
  ChatInput(
      Terminal terminal,
      Absence absence,
      @Nullable Path history,
      Completion completion,
      LongSupplier nanos)
      throws IOException {
    super(terminal, "chat");
    this.nanos = nanos;
    drawnNanos = nanos.getAsLong();
    this.absence = absence;
    modes = new TerminalModes(terminal);
    setParser(new WordsParser());
    setCompleter(new LineCompleter(completion));
    option(Option.DISABLE_EVENT_EXPANSION, true); // "!" is ordinary text
    option(Option.ERASE_LINE_ON_FINISH, true); // a message appears once it is sent
    option(Option.AUTO_FRESH_LINE, false);
    option(Option.HISTORY_TIMESTAMPED, false);
    option(Option.HISTORY_IGNORE_SPACE, false); // a refused text must come back in full
    option(Option.HISTORY_REDUCE_BLANKS, false);
    option(Option.INSERT_TAB, false);
    option(Option.CASE_INSENSITIVE, true);
    setVariable(LineReader.SECONDARY_PROMPT_PATTERN, "  ");
    setVariable(LineReader.BLINK_MATCHING_PAREN, 0);
    setVariable(LineReader.HISTORY_SIZE, MOST_REMEMBERED);
    kept = new KeptHistory(history, MOST_REMEMBERED);
    setHistory(kept);
    // The prompt may have changed since the line was asked for.
    getWidgets()
        .put(
            CALLBACK_INIT,
            () -> {
              setPrompt(shown);
              return true;
            });
    getWidgets().put(Keys.UNKNOWN, () -> false); // which rings the bell
    getWidgets()
        .put(
            Keys.SUSPEND,
            () -> {
              suspend();
              return true;
            });
    for (int number = 1; number <= Keys.MOST_ROOMS; number++) {
      int pressed = number;
      getWidgets()
          .put(
              Keys.ROOM + number,
              () -> {
                roomKey.accept(pressed);
                return true;
              });
    }
    boolean canSuspend = File.separatorChar == '/'; // elsewhere no shell could make it go on
    getKeyMaps().put(MAIN, Keys.of(terminal, canSuspend));
    if (canSuspend) {
      terminal.handle(Signal.TSTP, signal -> suspend());
    }
    modes.trackFocus(true);
  }

  Absence absence() {
    return absence;
  }

  KeptHistory kept() {
    return kept;
  }

  /** Rings the bell, and prints nothing. */
  void ring() {
    lock.lock();
    try {
      if (!restored) {
        terminal.writer().write(KeyMap.ctrl('G'));
        terminal.flush();
      }
    } finally {
      lock.unlock();
    }
  }

  void onRoomKey(IntConsumer pressed) {
    roomKey = pressed;
  }

  /** Escapes a text for a prompt, in which the reader would expand percent signs. */
  static String prompt(String text) {
    return text.replace("%", "%%");
  }

  /** Changes the prompt, including that of the present input line. */
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

  /** The beginning of a text that fits in one row of the window. */
  String cut(String safe) {
    int columns = terminal.getColumns() - 1;
    AttributedString whole = new AttributedString(safe);
    return columns <= 0 || whole.columnLength(terminal) <= columns
        ? safe
        : whole.columnSubSequence(terminal, 0, columns - 1) + "…";
  }

  @Override
  public Binding readBinding(KeyMap<Binding> keys, KeyMap<Binding> local) {
    typist = Thread.currentThread();
    Binding binding = super.readBinding(keys, local);
    while (isEscape(binding)) {
      binding = afterEscape(keys, local);
    }
    if (!(binding instanceof Reference reference)
        || !reference.name().startsWith("terminal-focus")) {
      absence.key();
    }
    return binding;
  }

  /** True for the beginning of an unknown key sequence. */
  private boolean isEscape(@Nullable Binding binding) {
    return binding instanceof Reference reference
        && reference.name().equals(Keys.UNKNOWN)
        && getLastBinding().equals(KeyMap.esc());
  }

  /** Skips the rest of that sequence, which would otherwise be typed: {@code [1;2P}. */
  private Binding afterEscape(KeyMap<Binding> keys, KeyMap<Binding> local) {
    Binding next = super.readBinding(keys, local);
    if (!"[".equals(getLastBinding())) {
      return next;
    }
    do {
      next = super.readBinding(keys, local);
    } while (next != null && getLastBinding().codePointAt(0) < '@');
    return next == null ? next : new Reference(Keys.UNKNOWN);
  }

  /**
   * Draws the line; called after each key. That takes time in proportion to its length, so a long
   * line is not drawn for each character of a text that is already buffered.
   */
  @Override
  public boolean redisplay() {
    if (Thread.currentThread() == typist) {
      stepOutOfCluster();
      long now = nanos.getAsLong();
      if (getBuffer().length() > SHORT_LINE
          && now - drawnNanos < DRAWN_EVERY_NANOS
          && moreIsTyped()) {
        return true;
      }
      drawnNanos = now;
    }
    return super.redisplay();
  }

  private boolean moreIsTyped() {
    try {
      return peekCharacter(1) >= 0;
    } catch (IOError | EndOfFileException e) {
      return false; // the next read reports it, too
    }
  }

  /** Keys that move by words or rows can end up in the middle of a grapheme cluster. */
  private void stepOutOfCluster() {
    String key = getLastBinding();
    if (key != null && Character.isISOControl(key.codePointAt(0))) {
      getBuffer().move(Clusters.lengthToEnd(getBuffer()));
    }
  }

  @Override
  protected boolean backwardChar() {
    return getBuffer().move(-Clusters.lengthBefore(getBuffer())) != 0;
  }

  @Override
  protected boolean forwardChar() {
    return getBuffer().move(Clusters.lengthAfter(getBuffer())) != 0;
  }

  @Override
  protected boolean backwardDeleteChar() {
    return getBuffer().backspace(Clusters.lengthBefore(getBuffer())) != 0;
  }

  @Override
  protected boolean deleteChar() {
    return getBuffer().delete(Clusters.lengthAfter(getBuffer())) != 0;
  }

  /** Swaps the two around the cursor; at the end, the last two. */
  @Override
  protected boolean transposeChars() {
    Buffer line = getBuffer();
    int start = line.cursor();
    if (start == line.length()) {
      backwardChar();
    }
    int before = Clusters.lengthBefore(line);
    int after = Clusters.lengthAfter(line);
    if (before == 0 || after == 0) {
      line.cursor(start);
      return false;
    }
    int cursor = line.cursor();
    String first = line.substring(cursor - before, cursor);
    String second = line.substring(cursor, cursor + after);
    line.backspace(before);
    line.delete(after);
    line.write(second + first);
    return true;
  }

  /** A letter's marks belong to its word; selectors and keycaps go with symbols. */
  @Override
  protected boolean isWord(int c) {
    return super.isWord(c)
        || c == 0x200C
        || Character.getType(c) == Character.COMBINING_SPACING_MARK
        || (Character.getType(c) == Character.NON_SPACING_MARK && !isSelector(c));
  }

  private static boolean isSelector(int c) {
    return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
  }

  /** Ends a search and nothing else: the library would discard the line. */
  @Override
  protected boolean sendBreak() {
    return false;
  }

  @Override
  protected boolean quotedInsert() {
    int c = readCharacter();
    if (c < 0) {
      return false;
    }
    putString(Character.toString(c));
    return true;
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

  /** Removes control characters: pasted text may come from a stranger. Line ends and tabs stay. */
  @Override
  public boolean beginPaste() {
    String pasted =
        doReadStringUntil(BRACKETED_PASTE_END).replace("\r\n", "\n").replace('\r', '\n');
    StringBuilder safe = new StringBuilder(pasted.length());
    pasted
        .codePoints()
        .skip(pasted.startsWith(BYTE_ORDER_MARK) ? 1 : 0)
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
   * Restores the terminal, stops as the shell expects, and takes over the terminal again when
   * resumed. Output waits meanwhile.
   */
  private void suspend() {
    lock.lock();
    try {
      if (!reading) {
        return;
      }
      suspended = true;
      display.update(List.of(), 0);
      modes.stopProcessGroup(this::suspend);
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

  /** Restores the terminal; later output is dropped. */
  void restore() {
    lock.lock();
    try {
      if (restored) {
        return;
      }
      restored = true;
      modes.restore();
      terminal.close();
    } catch (IOException | RuntimeException e) {
      // The window is gone, so there is nothing to restore.
      return;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void printAbove(String text) {
    lock.lock();
    try {
      if (!restored) {
        super.printAbove(text);
      }
    } finally {
      lock.unlock();
    }
  }
}
