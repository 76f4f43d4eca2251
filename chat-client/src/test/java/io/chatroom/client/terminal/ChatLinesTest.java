package io.chatroom.client.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.HostileStrings;
import io.chatroom.protocol.ChatMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChatLinesTest {

  private final ManualClock clock = new ManualClock();
  private final ChatLines plain = new ChatLines(NameColours.NONE, clock);

  private ChatLines coloured() {
    Stdio terminal =
        new Stdio(
            new ByteArrayInputStream(new byte[0]),
            new ByteArrayOutputStream(),
            new PrintStream(new ByteArrayOutputStream()),
            true);
    return new ChatLines(NameColours.of(terminal, Map.of("TERM", "xterm")), clock);
  }

  @Test
  void stampsMessagesWithTheirTime() {
    assertThat(plain.message(clock.instant(), new ChatMessage("alice", "hello"), true))
        .isEqualTo("23:58 alice: hello");
    assertThat(plain.note("connected")).isEqualTo("23:58 -- connected");
  }

  @Test
  void showsWhenANewDayBegins() {
    clock.pass(Duration.ofMinutes(3));

    assertThat(plain.message(clock.instant(), new ChatMessage("alice", "hello"), false))
        .isEqualTo("──────── 2026-11-24 ────────\n00:01 alice: hello");
    assertThat(plain.note("x")).isEqualTo("00:01 -- x");
  }

  @Test
  void givesANameTheSameColourEveryTimeAndMakesMentionsBold() {
    ChatLines lines = coloured();
    String line = lines.message(clock.instant(), new ChatMessage("alice", "hello"), false);

    assertThat(line)
        .matches("\u001b\\[2m23:58\u001b\\[0m \u001b\\[3[1256]malice\u001b\\[0m: hello");
    assertThat(coloured().message(clock.instant(), new ChatMessage("alice", "hello"), false))
        .isEqualTo(line);
    assertThat(lines.message(clock.instant(), new ChatMessage("alice", "hello"), true))
        .endsWith(": \u001b[1mhello\u001b[0m");
  }

  @Test
  void coloursNothingWhenColoursAreOff() {
    assertThat(plain.divider() + plain.status("x") + plain.waiting("y") + plain.note("z"))
        .doesNotContain("\u001b");
  }

  @Test
  void isOneLineWhateverStrangersPost() {
    for (String hostile : HostileStrings.all().values()) {
      assertThat(plain.message(clock.instant(), new ChatMessage(hostile, hostile), true))
          .doesNotContain("\n", "\r", "\u001b");
      assertThat(plain.waiting(hostile) + plain.note(hostile) + plain.status(hostile))
          .doesNotContain("\n", "\r", "\u001b");
    }
  }

  @Test
  void dividesSeenMessagesFromUnseenOnes() {
    assertThat(plain.divider()).isEqualTo("──────── 23:58 while you were away ────────");
  }
}
