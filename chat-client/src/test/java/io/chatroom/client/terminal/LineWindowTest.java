package io.chatroom.client.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chatroom.client.chat.Bell;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jline.terminal.Size;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineWindowTest {

  private static final String PREVIOUS = "\u0010"; // Control-P, as the key Up

  @TempDir Path dir;

  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
  private final ManualClock clock = new ManualClock();
  private LineDisciplineTerminal terminal;
  private @Nullable LineWindow window;

  @BeforeEach
  void makeTerminal() throws IOException {
    terminal = new LineDisciplineTerminal("test", "xterm", screen, UTF_8);
    terminal.setSize(Size.of(80, 24));
  }

  @AfterEach
  void close() {
    if (window != null) {
      window.close();
    }
  }

  private LineWindow open(@Nullable Path history) throws IOException {
    window =
        LineWindow.open(terminal, NameColours.NONE, Bell.MENTION, clock, history, () -> List.of());
    return window;
  }

  private Window.Input typed(LineWindow at, String keys) throws IOException {
    terminal.processInputBytes(keys.getBytes(UTF_8));
    return at.read("");
  }

  @Test
  void remembersWhatWasTypedForTheNextTimeAndForNobodyElse() throws IOException {
    Path history = dir.resolve("new/history");
    LineWindow first = open(history);
    assertThat(typed(first, "hello\r")).isEqualTo(new Window.Input(Window.Key.ENTER, "hello"));
    first.close();
    assertThat(Files.getPosixFilePermissions(history)).hasSize(2);

    makeTerminal();
    assertThat(typed(open(history), PREVIOUS + "\r").text()).isEqualTo("hello");
  }

  @ParameterizedTest
  @CsvSource({"h\u00e9, ISO-8859-1", "half of \\, UTF-8"})
  void tellsOnceThatTheHistoryIsDamagedAndGoesOn(String torn, String charset) throws IOException {
    Path history = Files.writeString(dir.resolve("history"), torn, Charset.forName(charset));
    LineWindow damaged = open(history);

    assertThat(typed(damaged, "one\r").text()).isEqualTo("one");
    assertThat(typed(damaged, PREVIOUS + "\r").text()).isEqualTo("one");
    assertThat(screen.toString(UTF_8))
        .containsOnlyOnce("-- cannot keep what you type in " + history + ": it is damaged");
  }

  @Test
  void goesOnWhenTheHistoryIsDamagedMeanwhile() throws IOException {
    Path history = dir.resolve("history");
    Files.write(history, IntStream.range(0, 1249).mapToObj(n -> "line " + n).toList());
    LineWindow any = open(history);
    typed(any, "one\r");
    Files.write(history, new byte[] {(byte) 0xC3}, StandardOpenOption.APPEND);

    assertThat(typed(any, "two\r").text()).isEqualTo("two"); // now it is so long that it is cut
    assertThat(typed(any, PREVIOUS + "\r").text()).isEqualTo("two");
  }

  @Test
  void bringsBackATextThatBeginsWithSpacesAsItWas() throws IOException {
    LineWindow any = open(null);
    typed(any, "  indented\r");

    assertThat(typed(any, PREVIOUS + "\r").text()).isEqualTo("  indented");
  }

  @Test
  void beginsALineBelowWhatThePersonWasLastTold() throws IOException {
    LineWindow any = open(null);
    terminal.processInputBytes("\r".getBytes(UTF_8));
    assertThat(any.ask("Your 100% name", "al")).isEqualTo("al");
    any.status("connecting", List.of("early"));
    typed(any, "one\r");
    assertThat(screen.toString(UTF_8))
        .contains("Your 100% name [al]: ", "-- connecting", "… early", "> one");
    any.status(null, List.of());
    screen.reset();
    typed(any, "two\r");

    assertThat(screen.toString(UTF_8)).contains("> two").doesNotContain("early", "name");
  }

  /** Else each of them might find that a new day has come. */
  @Test
  void writesOneLineAfterTheOtherThoughTwoThreadsPrint() throws Exception {
    AtomicReference<@Nullable Thread> other = new AtomicReference<>();
    AtomicBoolean secondPrints = new AtomicBoolean();
    AtomicBoolean bothPrint = new AtomicBoolean();
    clock.whenAsked(
        () -> {
          Thread second = other.get();
          if (Thread.currentThread() == second) {
            secondPrints.set(true);
          } else if (second != null) {
            second.start();
            await().until(() -> secondPrints.get() || second.getState() == Thread.State.BLOCKED);
            bothPrint.set(secondPrints.get());
          }
        });
    LineWindow any = open(null);
    Thread second = new Thread(() -> any.note("b"));
    other.set(second);
    any.note("a");
    second.join();

    assertThat(bothPrint).isFalse();
  }
}
