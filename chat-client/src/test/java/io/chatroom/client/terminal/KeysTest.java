package io.chatroom.client.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chatroom.client.chat.Bell;
import io.chatroom.client.chat.Completion;
import io.chatroom.client.chat.NamesHeard;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jline.keymap.KeyMap;
import org.jline.reader.Binding;
import org.jline.reader.LineReader;
import org.jline.reader.Reference;
import org.jline.terminal.Size;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every key of the input line, pressed with the cursor between two words. */
class KeysTest {

  /** The cursor is before the b of bar; the previous line was {@code foo was here}. */
  private static final String LINE = "foo bar baz" + "\u0002".repeat(7);

  /** For each binding: the line after the key and an X. */
  private static final Map<String, String> EXPECTED = new TreeMap<>();

  static {
    EXPECTED.put(LineReader.BACKWARD_CHAR, "fooX bar baz");
    EXPECTED.put(LineReader.FORWARD_CHAR, "foo bXar baz");
    EXPECTED.put(LineReader.BACKWARD_WORD, "Xfoo bar baz");
    EXPECTED.put(LineReader.FORWARD_WORD, "foo bar Xbaz");
    EXPECTED.put(LineReader.BEGINNING_OF_LINE, "Xfoo bar baz");
    EXPECTED.put(LineReader.END_OF_LINE, "foo bar bazX");
    EXPECTED.put(LineReader.UP_LINE_OR_SEARCH, "foo was hereX");
    EXPECTED.put(LineReader.DOWN_LINE_OR_SEARCH, "foo Xbar baz");
    EXPECTED.put(LineReader.UP_LINE_OR_HISTORY, "foo was hereX");
    EXPECTED.put(LineReader.DOWN_LINE_OR_HISTORY, "foo Xbar baz");
    EXPECTED.put(LineReader.CLEAR_SCREEN, "foo Xbar baz");
    EXPECTED.put(LineReader.SEND_BREAK, "foo Xbar baz");
    EXPECTED.put(LineReader.BACKWARD_DELETE_CHAR, "fooXbar baz");
    EXPECTED.put(LineReader.DELETE_CHAR, "foo Xar baz");
    EXPECTED.put(LineReader.BACKWARD_KILL_WORD, "Xbar baz");
    EXPECTED.put(LineReader.KILL_WORD, "foo X baz");
    EXPECTED.put(LineReader.KILL_LINE, "foo X");
    EXPECTED.put(LineReader.KILL_WHOLE_LINE, "X");
    EXPECTED.put(LineReader.YANK, "foo Xbar baz"); // nothing was deleted yet
    EXPECTED.put(LineReader.UNDO, "foo bar baX"); // moving is not a change
    EXPECTED.put(LineReader.TRANSPOSE_CHARS, "foob Xar baz");
    EXPECTED.put(LineReader.CAPITALIZE_WORD, "foo BarX baz");
    EXPECTED.put(LineReader.DOWN_CASE_WORD, "foo barX baz");
    EXPECTED.put(LineReader.UP_CASE_WORD, "foo BARX baz");
    EXPECTED.put(LineReader.SELF_INSERT_UNMETA, "foo \nXbar baz");
    EXPECTED.put(LineReader.QUOTED_INSERT, "foo Xbar baz"); // which takes the X
    EXPECTED.put(LineReader.ACCEPT_LINE, "foo bar baz");
    EXPECTED.put(LineReader.EXPAND_OR_COMPLETE, "foo Xbar baz"); // there are no names yet
    EXPECTED.put(LineReader.FOCUS_IN, "foo Xbar baz");
    EXPECTED.put(LineReader.FOCUS_OUT, "foo Xbar baz");
    EXPECTED.put(Keys.UNKNOWN, "foo Xbar baz");
  }

  @TempDir Path dir;

  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
  private LineDisciplineTerminal terminal;
  private LineWindow window;

  @BeforeEach
  void open() throws IOException {
    terminal = new LineDisciplineTerminal("test", "xterm", screen, TypedUtf8.CHARSET);
    terminal.setSize(Size.of(80, 24));
    Path history = Files.writeString(dir.resolve("history"), "foo was here\n");
    window =
        LineWindow.open(
            terminal,
            NameColours.NONE,
            Bell.OFF,
            new ManualClock(),
            history,
            new Completion(new NamesHeard()));
  }

  @AfterEach
  void close() {
    window.close();
  }

  private Window.Input typed(String keys) throws IOException {
    screen.reset();
    CompletableFuture<Window.Input> read = CompletableFuture.supplyAsync(() -> window.read(""));
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> screen.toString(UTF_8).contains("> ")); // keys are only keys from then on
    terminal.processInputBytes(keys.getBytes(UTF_8));
    return read.join();
  }

  static Stream<Arguments> keys() throws IOException {
    return bound().entrySet().stream()
        .filter(key -> !key.getValue().equals(LineReader.SELF_INSERT))
        .map(key -> Arguments.of(KeyMap.display(key.getKey()), key.getKey(), key.getValue()));
  }

  private static Map<String, String> bound() throws IOException {
    LineDisciplineTerminal any =
        new LineDisciplineTerminal("test", "xterm", new ByteArrayOutputStream(), UTF_8);
    ChatInput input =
        new ChatInput(any, new Absence(new ManualClock()), null, new Completion(new NamesHeard()));
    Map<String, String> names = new TreeMap<>();
    Map<String, Binding> keys =
        Objects.requireNonNull(input.getKeyMaps().get(LineReader.MAIN)).getBoundKeys();
    keys.forEach((key, binding) -> names.put(key, ((Reference) binding).name()));
    input.restore();
    return names;
  }

  @ParameterizedTest(name = "{0} {2}")
  @MethodSource("keys")
  void everyBoundKeyDoesItsAction(String shown, String key, String widget) throws IOException {
    switch (widget) {
      case LineReader.INTERRUPT ->
          assertThat(typed(LINE + key))
              .isEqualTo(new Window.Input(Window.Key.INTERRUPT, "foo bar baz"));
      case LineReader.BEGIN_PASTE ->
          assertThat(typed(LINE + key + "paste\u001b[201~X\r").text())
              .isEqualTo("foo pasteXbar baz");
      case LineReader.HISTORY_INCREMENTAL_SEARCH_BACKWARD ->
          assertThat(typed(key + "was\u0005X\r").text()).isEqualTo("foo was hereX");
      case LineReader.HISTORY_INCREMENTAL_SEARCH_FORWARD ->
          assertThat(typed(LINE + "\u0001" + key + "baz\u0002X\r").text())
              .isEqualTo("foo barX baz");
      case Keys.SUSPEND ->
          assertThat(key).isIn("\u001a", "\u001b[122;5u"); // ChatTerminalIT does it
      case "room-1",
          "room-2",
          "room-3",
          "room-4",
          "room-5",
          "room-6",
          "room-7",
          "room-8",
          "room-9" -> {
        AtomicInteger pressed = new AtomicInteger();
        window.onRoomKey(pressed::set);
        assertThat(typed(LINE + key + "X\r").text()).isEqualTo("foo Xbar baz");
        assertThat(Keys.ROOM + pressed).isEqualTo(widget);
      }
      default -> {
        assertThat(EXPECTED).containsKey(widget);
        assertThat(typed(LINE + key + "X\r").text()).isEqualTo(EXPECTED.get(widget));
      }
    }
    assertThat(screen.toString(UTF_8)).doesNotContain("Exception");
  }

  @Test
  void everyCharacterIsTyped() throws IOException {
    StringBuilder all = new StringBuilder();
    bound().forEach((key, widget) -> all.append(widget.equals(LineReader.SELF_INSERT) ? key : ""));
    all.append("éñ你好🙂\uffff");

    assertThat(all).contains("azAZ".split("")).contains(" ", "~", ")", "]", "}", "%", "!", "\\");
    assertThat(typed(all + "\r").text()).isEqualTo(all.toString());
  }

  @Test
  void everyListedKeyIsBound() throws IOException {
    assertThat(new TreeSet<>(bound().values())).containsAll(EXPECTED.keySet());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0018\u0005\u0002\u0002\u0002\u0002\u0002\u0002\u0002", // Control-X Control-E
        "\u0007", // Control-G
        "\u0011", // Control-Q
        "\u001c", // Control-backslash
        "\u001d", // Control-]
        "\u0000", // Control-space
        "\u001b[1;2A", // Shift-Up
        "\u001b[1;3A", // Alt-Up
        "\u001b[1;6D",
        "\u001b[15;5~", // Control-F5
        "\u001b[200;3u", // what kitty sends
        "\u001b[>4;1m",
        "\u001b[<0;3;4M", // a mouse, SGR
      })
  void everyOtherKeyChangesNothing(String key) throws IOException {
    assertThat(typed(LINE + key + "X\r").text()).isEqualTo("foo Xbar baz");
    assertThat(screen.toString(UTF_8)).doesNotContain("Exception");
  }

  /** They would send the line twice, repeat the next key ten thousand times, or fail. */
  @ParameterizedTest
  @CsvSource({"'\u001ba',a", "'\u001b0\u001b0\u001b0\u001b0\u001b0',00000", "'\u001b-',-"})
  void escapeBeforeACharacterTypesIt(String key, String text) throws IOException {
    assertThat(typed(key + "X\r").text()).isEqualTo(text + "X");
    assertThat(typed("Y\r").text()).isEqualTo("Y");
  }

  @Test
  void deletedTextCanBeInsertedAgain() throws IOException {
    assertThat(typed("one two🙂\u0015\u0019\u0019\r").text()).isEqualTo("one two🙂one two🙂");
  }
}
