package io.chatroom.client.terminal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chatroom.client.chat.Bell;
import io.chatroom.client.chat.Completion;
import io.chatroom.client.chat.NamesHeard;
import io.chatroom.client.chat.Standing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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
import org.junit.jupiter.params.provider.ValueSource;

class LineWindowTest {

  private static final String PREVIOUS = "\u0010"; // Control-P, as the key Up

  @TempDir Path dir;

  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
  private final ManualClock clock = new ManualClock();
  private LineDisciplineTerminal terminal;
  private @Nullable LineWindow window;

  @BeforeEach
  void makeTerminal() throws IOException {
    terminal = new LineDisciplineTerminal("test", "xterm", screen, TypedUtf8.CHARSET);
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
        LineWindow.open(
            terminal,
            NameColours.NONE,
            Bell.MENTION,
            clock,
            history,
            new Completion(new NamesHeard()));
    return window;
  }

  private LineWindow openAmong(String... names) throws IOException {
    Completion completion = new Completion(new NamesHeard());
    completion.people(List.of(names));
    window = LineWindow.open(terminal, NameColours.NONE, Bell.MENTION, clock, null, completion);
    return window;
  }

  private Window.Input typed(LineWindow at, String keys) throws IOException {
    terminal.processInputBytes(keys.getBytes(UTF_8));
    return at.read("");
  }

  @Test
  void keepsAPrivateHistoryForTheNextRun() throws IOException {
    Path history = dir.resolve("new/history");
    LineWindow first = open(history);
    assertThat(typed(first, "hello\r")).isEqualTo(new Window.Input(Window.Key.ENTER, "hello"));
    first.close();
    assertThat(Files.getPosixFilePermissions(history)).hasSize(2);

    makeTerminal();
    assertThat(typed(open(history), PREVIOUS + "\r").text()).isEqualTo("hello");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "/kick \"bad,/kick \"bad bob\"",
        "/kick bad,/kick \"bad bob\"",
        "/kick c,/kick carol",
        "hello bad,hello bad",
        "it's c,it's carol",
        "/msg bad,/msg bad"
      })
  void tabOffersNamesOfSeveralWordsInQuotesIfACommandTakesThem(String typed, String line)
      throws IOException {
    LineWindow among = openAmong("bad bob", "carol");
    assertThat(typed(among, typed + "\t\r").text().strip()).isEqualTo(line);
  }

  @Test
  void leavesADeviceBehindAHistoryLinkUnchanged() throws IOException {
    Path history = Files.createSymbolicLink(dir.resolve("history"), Path.of("/dev/null"));
    var before = Files.getPosixFilePermissions(history);
    LineWindow any = open(history);

    assertThat(typed(any, "one\r").text()).isEqualTo("one");
    assertThat(typed(any, PREVIOUS + "\r").text()).isEqualTo("one");
    assertThat(Files.getPosixFilePermissions(history)).isEqualTo(before);
    assertThat(history).isSymbolicLink();
    assertThat(screen.toString(UTF_8)).doesNotContain("cannot");
    Files.delete(history);
  }

  @Test
  void keepsTheNewestLinesThroughALink() throws IOException {
    Path kept = dir.resolve("kept");
    Files.write(kept, IntStream.range(0, 1300).mapToObj(n -> "line " + n).toList());
    Path history = Files.createSymbolicLink(dir.resolve("history"), kept);
    LineWindow any = open(history);

    assertThat(typed(any, PREVIOUS + "\r").text()).isEqualTo("line 1299");
    assertThat(typed(any, "back\\slash\r").text()).isEqualTo("back\\slash");
    assertThat(history).isSymbolicLink();
    assertThat(Files.readAllLines(kept))
        .hasSize(1001)
        .startsWith("line 300")
        .endsWith("line 1299", "back\\\\slash");
  }

  /** A person may paste much, and no line of it is too long. */
  @Test
  void keepsAMegabyteOrTwo() throws IOException {
    Path history = dir.resolve("history");
    String large = "x".repeat(100_000);
    Files.write(history, IntStream.range(0, 21).mapToObj(n -> n + large).toList());
    typed(open(history), "one\r");

    assertThat(Files.size(history)).isBetween(1_000_000L, 1L << 20);
    assertThat(Files.readAllLines(history)).startsWith("11" + large).endsWith("20" + large, "one");
  }

  @Test
  void addsNothingToAHistoryTooLargeToRead() throws IOException {
    Path history = dir.resolve("history");
    try (var file = new RandomAccessFile(history.toFile(), "rw")) {
      file.setLength(17 << 20);
    }
    LineWindow any = open(history);

    assertThat(typed(any, "one\r").text()).isEqualTo("one");
    assertThat(typed(any, PREVIOUS + "\r").text()).isEqualTo("one");
    assertThat(Files.size(history)).isEqualTo(17 << 20);
    assertThat(screen.toString(UTF_8)).contains("it has more than 16 MiB");
  }

  @ParameterizedTest
  @CsvSource({"h\u00e9, ISO-8859-1", "half of \\, UTF-8"})
  void reportsOnceThatTheHistoryIsDamagedAndContinues(String torn, String charset)
      throws IOException {
    Path history = Files.writeString(dir.resolve("history"), torn, Charset.forName(charset));
    LineWindow damaged = open(history);

    assertThat(typed(damaged, "one\r").text()).isEqualTo("one");
    assertThat(typed(damaged, PREVIOUS + "\r").text()).isEqualTo("one");
    assertThat(screen.toString(UTF_8))
        .containsOnlyOnce(
            "-- cannot keep the input history in " + history + ": the file is damaged");
  }

  @Test
  void continuesWhenTheHistoryIsDamagedMeanwhile() throws IOException {
    Path history = dir.resolve("history");
    Files.write(history, IntStream.range(0, 1249).mapToObj(n -> "line " + n).toList());
    LineWindow any = open(history);
    typed(any, "one\r");
    Files.write(history, new byte[] {(byte) 0xC3}, StandardOpenOption.APPEND);

    assertThat(typed(any, "two\r").text()).isEqualTo("two");
    assertThat(typed(any, PREVIOUS + "\r").text()).isEqualTo("two");
  }

  @Test
  void recallsATextWithItsLeadingSpaces() throws IOException {
    LineWindow any = open(null);
    typed(any, "  indented\r");

    assertThat(typed(any, PREVIOUS + "\r").text()).isEqualTo("  indented");
  }

  @Test
  void beginsALineBelowTheLastNotice() throws IOException {
    LineWindow any = open(null);
    terminal.processInputBytes("\r".getBytes(UTF_8));
    assertThat(any.ask("Your 100% name", "al")).isEqualTo("al");
    any.status(new Standing("connecting", null, List.of(), List.of("early")));
    typed(any, "one\r");
    assertThat(screen.toString(UTF_8))
        .contains("Your 100% name [al]: ", "-- connecting", "… early", "> one");
    any.status(Standing.NOTHING);
    screen.reset();
    typed(any, "two\r");

    assertThat(screen.toString(UTF_8)).contains("> two").doesNotContain("early", "name");
  }

  @Test
  void showsTheRoomAndUnreadMessagesElsewhereInOneLine() throws IOException {
    LineWindow any = open(null);
    any.status(
        new Standing(
            "no connection",
            "100%",
            List.of(
                new Standing.Unread(1, "a\u001b[2J", 3, true),
                new Standing.Unread(10, "tea", 1, false)),
            List.of()));
    typed(any, "one\r");

    assertThat(screen.toString(UTF_8))
        .contains("-- unread: Alt-1 a\\x1b[2J 3 (your name), tea 1; no connection", "100%> one")
        .doesNotContain("\u001b[2J");
  }

  /** Four ways to split a cluster: two keys, at the end and in the middle. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "🇩🇪",
        "👩\u200d💻",
        "👩\u200d", // not finished yet
        "👍🏽",
        "❤\ufe0f\u200d🔥",
        "1\ufe0f\u20e3",
        "🏴\udb40\udc67\udb40\udc62\udb40\udc65\udb40\udc6e\udb40\udc67\udb40\udc7f",
        "e\u0301\u0323",
        "x",
      })
  void treatsAGraphemeClusterAsOneCharacter(String one) throws IOException {
    LineWindow any = open(null);
    String left = "\u0002";
    String right = "\u0006";
    String backspace = "\u007f";
    String delete = "\u001b[3~";
    String transpose = "\u0014";

    assertThat(typed(any, "a" + one + backspace + "b\r").text()).isEqualTo("ab");
    assertThat(typed(any, "a" + one + left + "b\r").text()).isEqualTo("ab" + one);
    assertThat(typed(any, "a" + one + left + delete + "b\r").text()).isEqualTo("ab");
    assertThat(typed(any, "a" + one + left + left + right + right + "b\r").text())
        .isEqualTo("a" + one + "b");
    assertThat(typed(any, "a" + one + "b" + left + backspace + "\r").text()).isEqualTo("ab");
    assertThat(typed(any, "🇫🇷" + one + transpose + "b\r").text()).isEqualTo(one + "🇫🇷b");
  }

  @Test
  void leavesNoMarksBehindWhenAWordIsDeleted() throws IOException {
    LineWindow any = open(null);

    assertThat(typed(any, "a cafe\u0301s\u0017b\r").text()).isEqualTo("a b");
    assertThat(typed(any, "cafe\u0301s a\u0001\u001bdb\r").text()).isEqualTo("b a");
    assertThat(typed(any, "a ❤\ufe0f\u0017b\r").text()).isEqualTo("b");
    assertThat(typed(any, "1\ufe0f\u20e3\u0017b\r").text()).isEqualTo("b");
    assertThat(typed(any, "a می\u200cخواهم\u0017b\r").text()).isEqualTo("a b");
  }

  @Test
  void standsBetweenCharactersAfterGoingUpARow() throws IOException {
    LineWindow any = open(null);
    String up = "\u001b[A";

    assertThat(typed(any, "🇩🇪🇫🇷\u001b\rabc" + up + "x\r").text()).isEqualTo("🇩🇪🇫🇷x\nabc");
  }

  /** An emoji that is typed part by part before another one stays where it is typed. */
  @Test
  void doesNotMoveWhileACharacterIsTyped() throws IOException {
    LineWindow any = open(null);

    assertThat(typed(any, "🇫🇷\u0002🇩🇪\r").text()).isEqualTo("🇩🇪🇫🇷");
    assertThat(typed(any, "💻\u0002👩\u200d💻x\r").text()).isEqualTo("👩\u200d💻x💻");
  }

  @Test
  void refusesWhatIsNotUtf8UntilItIsMended() throws IOException {
    Path history = dir.resolve("history");
    LineWindow any = open(history);
    terminal.processInputBytes("gr\u00fc\u00dfe\r".getBytes(ISO_8859_1));
    CompletableFuture<Window.Input> said = CompletableFuture.supplyAsync(() -> any.read(""));
    await().until(() -> screen.toString(UTF_8).contains("-- not sent: some bytes are not"));
    assertThat(screen.toString(UTF_8)).contains("> gr\ufffd\ufffde");
    terminal.processInputBytes("\u0002\u007f\u007füß\r".getBytes(UTF_8));

    assertThat(said.join()).isEqualTo(new Window.Input(Window.Key.ENTER, "grüße"));
    assertThat(typed(any, "\ufffd\r").text()).as("may be meant").isEqualTo("\ufffd");
    assertThat(Files.readAllLines(history)).containsExactly("grüße", "\ufffd");
  }

  @Test
  void refusesPastedBytesThatAreNotUtf8() throws IOException {
    LineWindow any = open(null);
    terminal.processInputBytes("\u001b[200~\u00fc\u001b[201~\r\u007f".getBytes(ISO_8859_1));

    assertThat(typed(any, "ü\r").text()).isEqualTo("ü");
    assertThat(screen.toString(UTF_8)).contains("-- not sent: some bytes are not");
  }

  @Test
  void skipsAByteOrderMarkAtTheStartOfAPaste() throws IOException {
    LineWindow any = open(null);

    assertThat(typed(any, "a\u001b[200~\ufeffb\u001b[201~\r").text()).isEqualTo("ab");
  }

  /** Drawing a long line is slow; it was once drawn for each of these. */
  @Test
  void drawsALongLineNoMoreOftenThanSomeoneCanSee() throws IOException {
    AtomicInteger drawn = new AtomicInteger();
    terminal =
        new LineDisciplineTerminal("test", "xterm", new CountedFlushes(drawn), TypedUtf8.CHARSET);
    terminal.setSize(Size.of(80, 24));
    LineWindow any = open(null);
    String text = "0123456789".repeat(500);
    CompletableFuture<Window.Input> said = CompletableFuture.supplyAsync(() -> any.read(""));
    terminal.processInputBytes((text + "\r").getBytes(UTF_8));

    assertThat(said.join().text()).isEqualTo(text);
    assertThat(drawn).hasValueLessThan(2_000);
  }

  private static final class CountedFlushes extends OutputStream {

    private final AtomicInteger count;

    CountedFlushes(AtomicInteger count) {
      this.count = count;
    }

    @Override
    public void write(int b) {
      // The output is not read.
    }

    @Override
    public void flush() {
      count.incrementAndGet();
    }
  }

  /** Otherwise each of them might find that a new day has begun. */
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
