package io.chatroom.client.terminal;

import io.chatroom.client.chat.Bell;
import io.chatroom.client.chat.Standing;
import io.chatroom.protocol.ChatMessage;
import io.chatroom.protocol.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * For terminals that cannot move their cursor: lines appear one below the other, and an arriving
 * message may interrupt the input line, which the terminal itself edits and shows. When the
 * terminal is gone, so that nothing can be shown, the input ends, too.
 */
public final class PlainWindow implements Window {

  private static final String RING = "\u0007";

  /** The numbers, which change while the sentence stays. */
  private static final Pattern NUMBERS = Pattern.compile(" \\d+(?= s\\b|,|;|$| \\()");

  private final Stdio stdio;
  private final LineInput input;
  private final ChatLines lines;
  private final Bell bell;
  private final Prompt prompt;
  private final BlockingQueue<Input> typed = new LinkedBlockingQueue<>();
  private boolean reading;
  private boolean gone;
  private volatile boolean refused;
  private final Set<String> told = new HashSet<>();

  /** The messages that were shown as waiting and are not sent yet. */
  private final List<String> waited = new ArrayList<>();

  /**
   * @param bell when to ring
   */
  public PlainWindow(Stdio stdio, Bell bell, Clock clock) {
    this.stdio = stdio;
    this.bell = bell;
    input = new LineInput(stdio, Limits.DEFAULT.maxMessageBytes());
    prompt = new Prompt(stdio, input);
    lines = new ChatLines(NameColours.NONE, clock);
  }

  @Override
  public Input read(String unsaid) throws IOException {
    if (!reading) {
      reading = true;
      // On a daemon: nothing can interrupt a read from a terminal.
      Thread reader = new Thread(this::readAll, "input");
      reader.setDaemon(true);
      reader.start();
    }
    try {
      return typed.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void readAll() {
    while (true) {
      try {
        String line = input.next();
        if (line == null) {
          typed.add(new Input(Key.END, ""));
          return;
        }
        typed.add(new Input(Key.ENTER, line));
      } catch (BadLineException e) {
        refused = true;
        note(String.valueOf(e.getMessage()));
      } catch (IOException e) {
        note(String.valueOf(e.getMessage()));
        typed.add(new Input(Key.END, ""));
        return;
      }
    }
  }

  @Override
  public @Nullable String ask(String question, String otherwise) throws IOException {
    String answer = prompt.ask(question + (otherwise.isEmpty() ? ": " : " [" + otherwise + "]: "));
    return answer != null && answer.isBlank() ? otherwise : answer;
  }

  @Override
  public boolean hasRefused() {
    return refused;
  }

  @Override
  public void interrupt() {
    typed.add(new Input(Key.INTERRUPT, ""));
  }

  @Override
  public synchronized void heard(Instant at, ChatMessage message, boolean mention) {
    boolean ring = bell.rings(mention);
    print(lines.message(at, message, false) + (ring ? RING : ""));
  }

  @Override
  public synchronized void heardElsewhere(boolean mention) {
    if (bell.rings(mention)) {
      write(RING); // the status shows it, once
    }
  }

  @Override
  public synchronized void past(Instant at, ChatMessage message) {
    print(lines.message(at, message, false));
  }

  @Override
  public synchronized void pastNote(Instant at, String sentence) {
    print(lines.note(at, sentence));
  }

  @Override
  public synchronized void rule(String words) {
    print(lines.rule(words));
  }

  @Override
  public void pause() {
    // Nothing to do: each line is shown at once.
  }

  /** A typed message is on the screen already, unless it had to wait. */
  @Override
  public synchronized void said(Instant at, ChatMessage message) {
    if (waited.remove(message.text())) {
      print(lines.message(at, message, false));
    }
  }

  @Override
  public synchronized void note(String sentence) {
    print(lines.note(sentence));
  }

  /** Shows each status once until it is over, not again at every second, attempt or message. */
  @Override
  public synchronized void status(Standing standing) {
    String sentence = ChatLines.sentence(standing);
    if (sentence == null) {
      told.clear();
    } else if (told.add(NUMBERS.matcher(sentence).replaceAll(""))) {
      print(lines.note(sentence));
    }
    if (standing.sentence() == null) {
      if (standing.waiting().isEmpty()) {
        waited.clear();
      }
      return;
    }
    for (String text : standing.waiting()) {
      if (!waited.contains(text)) {
        print(lines.waiting(text));
      }
    }
    waited.clear();
    waited.addAll(standing.waiting());
  }

  @Override
  public void clear() {
    // Nothing to do: printed lines stay.
  }

  @Override
  public void close() {
    // Nothing to do: the streams are the process's own.
  }

  private void print(String line) {
    write(line + "\n");
  }

  private void write(String text) {
    if (gone) {
      return;
    }
    try {
      stdio.out().write(text.getBytes(StandardCharsets.UTF_8));
      stdio.out().flush();
    } catch (IOException e) {
      gone = true;
      typed.add(new Input(Key.END, ""));
    }
  }
}
