package io.chatroom.client.terminal;

import io.chatroom.client.chat.Bell;
import io.chatroom.client.chat.Completion;
import io.chatroom.client.chat.Standing;
import io.chatroom.protocol.ChatMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.ShutdownHooks;
import org.jspecify.annotations.Nullable;

/**
 * One window: messages scroll above, the input line stays below. Between them, when needed, is a
 * status with the messages that are not sent yet.
 */
public final class LineWindow implements Window {

  /** More pending output than this is shown at once, even if more follows. */
  private static final int MOST_KEPT_CHARS = 16 * 1024;

  /** Maximum number of waiting messages that are shown. */
  private static final int MOST_WAITING_SHOWN = 5;

  private static final String PROMPT = "> ";
  private static final String RING = "\u0007";

  private static final String CHARSET_HINT = "replace them, or set your terminal to UTF-8";

  /** Maximum time that a signal waits for pending output before it closes the window. */
  private static final long LEAVING_SECONDS = 15;

  private static final Size USUAL_SIZE = Size.of(80, 24);

  private final Terminal terminal;
  private final ChatInput reader;
  private final ChatLines lines;
  private final NameColours colours;
  private final Bell bell;
  private final Absence absence;

  /** Output that is not on the screen yet. Also the lock for {@link #lines}. */
  private final StringBuilder kept = new StringBuilder();

  private final Thread restorer;

  private final CountDownLatch closed = new CountDownLatch(1);

  private volatile @Nullable Thread readingThread;
  private volatile boolean interrupted;

  private LineWindow(
      Terminal terminal, NameColours colours, Bell bell, Clock clock, ChatInput reader) {
    this.terminal = terminal;
    this.colours = colours;
    this.bell = bell;
    this.reader = reader;
    lines = new ChatLines(colours, clock);
    absence = reader.absence();
    reader.show(PROMPT);
    restorer = new Thread(this::endBySignal, "restore");
  }

  /**
   * Makes the reading thread leave, and restores the terminal when it has, or after a while in any
   * case.
   */
  private void endBySignal() {
    interrupt();
    try {
      closed.await(LEAVING_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    reader.restore();
  }

  /**
   * Takes the terminal over.
   *
   * @param bell when to ring
   * @param history the file for the input history, or null for none
   * @param completion what Tab completes, besides commands
   * @throws IOException if there is no terminal whose cursor can be moved
   */
  public static LineWindow open(
      NameColours colours, Bell bell, Clock clock, @Nullable Path history, Completion completion)
      throws IOException {
    // Makes Control-C an ordinary key. Otherwise it would also come as a signal, ahead of keys
    // pressed earlier, and on a slow machine twice: to clear the line, and to leave.
    System.setProperty(TerminalBuilder.PROP_SOFTWARE_SIGNALS, "false");
    // Our own hook closes the terminal, but not while a thread still prints.
    System.setProperty(ShutdownHooks.PROP_DISABLE_SHUTDOWN_HOOK, "true");
    Terminal terminal;
    NativeLibrary library = NativeLibrary.unpackInPrivate();
    try {
      terminal =
          TerminalBuilder.builder()
              .system(true)
              .providers("jni,exec")
              .dumb(false)
              .encoding(TypedUtf8.CHARSET)
              .stdinEncoding(TypedUtf8.CHARSET)
              .stdoutEncoding(TypedUtf8.CHARSET)
              .graphemeCluster(false) // no question to the terminal before the prompt
              .build();
    } catch (IllegalStateException e) {
      throw new IOException("the cursor of this terminal cannot be moved", e);
    } finally {
      library.delete();
    }
    if (terminal.getColumns() <= 0 || terminal.getRows() <= 0) {
      terminal.setSize(USUAL_SIZE); // some have no size, as in a container without a window
    }
    return open(terminal, colours, bell, clock, history, completion);
  }

  /** The same at a given terminal. */
  static LineWindow open(
      Terminal terminal,
      NameColours colours,
      Bell bell,
      Clock clock,
      @Nullable Path history,
      Completion completion)
      throws IOException {
    ChatInput reader = new ChatInput(terminal, new Absence(clock), history, completion);
    LineWindow window = new LineWindow(terminal, colours, bell, clock, reader);
    Runtime.getRuntime().addShutdownHook(window.restorer);
    return window;
  }

  /** Shortens a text that would fill the window; Up brings it back in full. */
  @Override
  public Input read(String typed) {
    if (typed.length() > terminal.getColumns() * terminal.getRows() / 2) {
      note("your text is too long for this window; the key Up brings it back");
      return readLine("");
    }
    return readLine(typed);
  }

  private Input readLine(String typed) {
    String trouble = reader.kept().trouble();
    if (trouble != null) {
      note(trouble);
    }
    readingThread = Thread.currentThread();
    try {
      if (interrupted) {
        return new Input(Key.INTERRUPT, typed);
      }
      String line = reader.readLine(null, null, (Character) null, typed);
      while (TypedUtf8.isDamaged(line)) {
        note("not sent: some bytes are not UTF-8, shown as \ufffd; " + CHARSET_HINT);
        line = reader.readLine(null, null, (Character) null, line);
      }
      return new Input(Key.ENTER, line);
    } catch (UserInterruptException e) {
      return new Input(Key.INTERRUPT, e.getPartialLine());
    } catch (EndOfFileException e) {
      return new Input(Key.END, "");
    } finally {
      readingThread = null;
      boolean unused = Thread.interrupted(); // consumed
    }
  }

  @Override
  public @Nullable String ask(String question, String otherwise) {
    reader.setVariable(LineReader.DISABLE_HISTORY, true);
    reader.show(
        ChatInput.prompt(
            Shown.of(question + (otherwise.isEmpty() ? ": " : " [" + otherwise + "]: "))));
    try {
      Input input = readLine("");
      return switch (input.key()) {
        case ENTER -> input.text().isBlank() ? otherwise : input.text();
        case INTERRUPT, END -> null;
      };
    } finally {
      reader.show(PROMPT);
      reader.setVariable(LineReader.DISABLE_HISTORY, false);
    }
  }

  @Override
  public void interrupt() {
    interrupted = true;
    Thread thread = readingThread;
    if (thread != null) {
      thread.interrupt();
    }
  }

  @Override
  public void heard(Instant at, ChatMessage message, boolean mention) {
    synchronized (kept) {
      if (absence.begins()) {
        kept.append(lines.divider()).append('\n');
      }
      if (bell.rings(mention)) {
        kept.append(RING);
      }
      keep(lines.message(at, message, mention));
    }
  }

  @Override
  public void heardElsewhere(boolean mention) {
    if (bell.rings(mention)) {
      reader.ring();
    }
  }

  @Override
  public void past(Instant at, ChatMessage message) {
    synchronized (kept) {
      keep(lines.message(at, message, false));
    }
  }

  @Override
  public void pastNote(Instant at, String sentence) {
    synchronized (kept) {
      keep(lines.note(at, sentence));
    }
  }

  @Override
  public void rule(String words) {
    synchronized (kept) {
      keep(lines.rule(words));
    }
  }

  private void keep(String line) {
    kept.append(line).append('\n');
    if (kept.length() > MOST_KEPT_CHARS) {
      pause();
    }
  }

  @Override
  public void pause() {
    synchronized (kept) {
      if (kept.length() > 0) {
        reader.printAbove(kept.toString());
        kept.setLength(0);
      }
    }
  }

  @Override
  public void said(Instant at, ChatMessage message) {
    synchronized (kept) {
      print(lines.message(at, message, false));
    }
  }

  @Override
  public void note(String sentence) {
    synchronized (kept) {
      print(lines.note(sentence));
    }
  }

  /** Prints all at once, as each print redraws the input line. */
  @Override
  public void notes(List<String> sentences) {
    synchronized (kept) {
      for (String sentence : sentences) {
        kept.append(lines.note(sentence)).append('\n');
      }
      pause();
    }
  }

  private void print(String line) {
    kept.append(line).append('\n');
    pause();
  }

  @Override
  public void status(Standing standing) {
    StringBuilder above = new StringBuilder();
    String sentence = ChatLines.sentence(standing);
    if (sentence != null) {
      above.append(fit(lines.status(sentence))).append('\n');
    }
    List<String> waiting = standing.waiting();
    int first = Math.max(0, waiting.size() - MOST_WAITING_SHOWN);
    if (first > 0) {
      above.append(fit(lines.waiting(first + " more"))).append('\n');
    }
    for (String text : waiting.subList(first, waiting.size())) {
      above.append(fit(lines.waiting(text))).append('\n');
    }
    String room = standing.room() == null ? "" : Shown.of(standing.room());
    reader.show(ChatInput.prompt(above + room + PROMPT));
  }

  @Override
  public void onRoomKey(IntConsumer pressed) {
    reader.onRoomKey(pressed);
  }

  /** Cut to the window's width, so that it stays one line; dimmed against messages. */
  private String fit(String safe) {
    return colours.faint(reader.cut(safe));
  }

  @Override
  public void clear() {
    terminal.puts(Capability.clear_screen);
    terminal.flush();
  }

  @Override
  public void close() {
    pause();
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(restorer);
    } catch (IllegalStateException e) {
      return; // the JVM is stopping, and the hook restores the terminal
    }
    reader.restore();
  }
}
