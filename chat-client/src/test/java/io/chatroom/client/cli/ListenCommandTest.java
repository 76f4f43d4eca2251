package io.chatroom.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.Peer;
import io.chatroom.client.Peer.Member;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ListenCommandTest {

  private static final List<String> HOSTILE =
      List.of(
          "\u001b[2J\u001b[H", // clears the screen
          "\u001b]0;title\u0007",
          "\u001b]52;c;aGk=\u0007", // writes the clipboard
          "\u009b31m",
          "\u0090q\u009c",
          "hi\r\nroot:    all is well",
          "hi\nroot:    all is well",
          "hi\u2028root:    all is well",
          "hi\u0085root:    all is well",
          "\b\b\b\b\u007f",
          "\u202eneht\u202c",
          "\u2066x\u2069",
          "\u0000\u0007\u000e");

  private final Peer peer = new Peer();

  @AfterEach
  void close() {
    peer.close();
  }

  @Test
  void printsEachMessageAtOnceUntilTheServerEnds() throws Exception {
    CommandRun listen = new CommandRun().start("listen", peer.address().toString());
    try (Member member = peer.accept("msg_screen")) {
      member.relay("alice", "hé");
      listen.awaitOut("alice:    hé\n");
      member.relay("", "");
      listen.awaitOut("alice:    hé\n:    \n");
    }

    assertThat(listen.exitCode()).isEqualTo(1);
    assertThat(listen.out()).isEqualTo("alice:    hé\n:    \n");
    assertThat(listen.err()).isEqualToIgnoringNewLines("connection is gone");
  }

  @Test
  void reportsAResetInTheSameWay() throws Exception {
    CommandRun listen = new CommandRun().start("listen", peer.address().toString());
    peer.accept("msg_screen").reset();

    assertThat(listen.exitCode()).isEqualTo(1);
    assertThat(listen.err()).isEqualToIgnoringNewLines("connection is gone");
  }

  @Test
  void keepsUpWithAFlood() throws Exception {
    int messages = 50_000;
    CommandRun listen = new CommandRun().start("listen", peer.address().toString(), "--name", "x");
    try (Member member = peer.accept("x")) {
      String hundred = (Peer.frame("alice") + Peer.frame("some words")).repeat(100);
      for (int i = 0; i < messages / 100; i++) {
        member.write(hundred);
      }
    }

    assertThat(listen.exitCode()).isEqualTo(1);
    assertThat(listen.out()).isEqualTo("alice:    some words\n".repeat(messages));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void showsHostileTextInsteadOfObeyingIt(boolean json) throws Exception {
    String address = peer.address().toString();
    CommandRun listen =
        json
            ? new CommandRun().start("listen", address, "--json")
            : new CommandRun().start("listen", address);
    try (Member member = peer.accept("msg_screen")) {
      for (String text : HOSTILE) {
        member.relay("eve", text);
        member.relay(text, "hi");
      }
    }

    assertThat(listen.exitCode()).isEqualTo(1);
    assertThat(listen.out().lines()).hasSize(2 * HOSTILE.size());
    assertThat(listen.out().replace("\n", "").codePoints())
        .noneMatch(Character::isISOControl)
        .noneMatch(c -> Character.getType(c) == Character.FORMAT)
        .doesNotContain(0x2028, 0x2029);
  }

  @Test
  void losesNothingInJson() throws Exception {
    CommandRun listen = new CommandRun().start("listen", peer.address().toString(), "--json");
    try (Member member = peer.accept("msg_screen")) {
      for (String text : HOSTILE) {
        member.relay("\"é\\🙂\udb40\udc41", text);
      }
    }

    assertThat(listen.exitCode()).isEqualTo(1);
    JsonMapper json = new JsonMapper();
    List<JsonNode> messages = listen.out().lines().map(json::readTree).toList();
    assertThat(messages).extracting(m -> m.get("text").asString()).isEqualTo(HOSTILE);
    assertThat(messages)
        .extracting(m -> m.get("name").asString())
        .containsOnly("\"é\\🙂\udb40\udc41");
    assertThat(Instant.parse(messages.get(0).get("at").asString()))
        .isBetween(Instant.now().minus(Duration.ofMinutes(1)), Instant.now());
    assertThat(listen.out()).as("letters stay readable").contains("é", "🙂");
  }

  @Test
  void givesNamesLastingColoursOnATerminal() throws Exception {
    CommandRun listen = new CommandRun().atTerminal().start("listen", peer.address().toString());
    try (Member member = peer.accept("msg_screen")) {
      member.relay("alice", "1");
      member.relay("alice", "2");
    }

    assertThat(listen.exitCode()).isEqualTo(1);
    List<String> lines = listen.out().lines().toList();
    assertThat(lines.get(0)).matches("\u001b\\[3[1-6]malice\u001b\\[0m:    1");
    assertThat(lines.get(1)).as("the same colour").isEqualTo(lines.get(0).replaceAll("1$", "2"));
  }

  @ParameterizedTest
  @CsvSource({"NO_COLOR,1,--json", "NO_COLOR,1,", "TERM,dumb,", "TERM,'',", ",,--no-color"})
  void doesNotColourWhereItShouldNot(String variable, String value, String option)
      throws Exception {
    CommandRun listen = new CommandRun().atTerminal();
    if (variable != null) {
      listen.with(variable, value);
    }
    String address = peer.address().toString();
    if (option == null) {
      listen.start("listen", address);
    } else {
      listen.start("listen", option, address);
    }
    try (Member member = peer.accept("msg_screen")) {
      member.relay("alice", "1");
    }

    assertThat(listen.exitCode()).isEqualTo(1);
    assertThat(listen.out()).contains("alice").doesNotContain("\u001b");
  }

  @Test
  void endsQuietlyWhenNobodyReadsItAnyMore() throws Exception {
    Pipe pipe = Pipe.open();
    pipe.source().close();
    CommandRun listen =
        new CommandRun()
            .writingTo(Channels.newOutputStream(pipe.sink()))
            .start("listen", peer.address().toString());
    try (Member member = peer.accept("msg_screen")) {
      member.relay("alice", "hi");

      assertThat(listen.exitCode()).isZero();
      assertThat(listen.err()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"No space left on device", "No space left in the pipe"})
  void reportsWhyItCannotWrite(String reason) throws Exception {
    CommandRun listen =
        new CommandRun().writingTo(failing(reason)).start("listen", peer.address().toString());
    try (Member member = peer.accept("msg_screen")) {
      member.relay("alice", "hi");

      assertThat(listen.exitCode()).isEqualTo(1);
      assertThat(listen.err())
          .isEqualToIgnoringNewLines("cannot write the output: n" + reason.substring(1));
    }
  }

  @Test
  void reportsAServerOfAnotherProtocol() throws Exception {
    CommandRun listen = new CommandRun().start("listen", peer.address().toString());
    try (Member member = peer.accept("msg_screen")) {
      member.write("HTTP/1.1 400 Bad Request\r\n\r\n");

      assertThat(listen.exitCode()).isEqualTo(1);
      assertThat(listen.err())
          .startsWith(
              peer.address() + " does not speak the chat protocol: the header is \"HTTP/1.1 4\"")
          .hasLineCount(1);
    }
  }

  @Test
  void endsAfterTheRequestedCount() throws Exception {
    CommandRun listen =
        new CommandRun().start("listen", peer.address().toString(), "--count", "2", "--for=1h");
    try (Member member = peer.accept("msg_screen")) {
      member.write((Peer.frame("alice") + Peer.frame("hi")).repeat(3)); // in one piece
      assertThat(member.atEnd()).isTrue();
    }

    assertThat(listen.exitCode()).isZero();
    assertThat(listen.out()).isEqualTo("alice:    hi\nalice:    hi\n");
    assertThat(listen.err()).isEmpty();
  }

  @Test
  void printsAndCountsOnlyMatchingMessages() throws Exception {
    String[] args = {
      "listen", peer.address().toString(), "--match", "(?i)\\bdone\\b", "--count=2", "--json"
    };
    CommandRun listen = new CommandRun().start(args);
    try (Member member = peer.accept("msg_screen")) {
      member.relay("done", "the name does not count");
      member.relay("ci", "abandoned");
      member.relay("ci", "Done: 12 s");
      member.relay("ci", "so it is done");

      assertThat(listen.exitCode()).isZero();
    }
    assertThat(listen.out().lines())
        .map(line -> new JsonMapper().readTree(line).get("text").asString())
        .containsExactly("Done: 12 s", "so it is done");
  }

  @Test
  void failsWhenTheTimeIsOverBeforeTheCount() throws Exception {
    CommandRun listen =
        new CommandRun()
            .start("listen", peer.address().toString(), "--match=x", "--count=1", "--for=50ms");
    Member member = peer.accept("msg_screen");

    assertThat(listen.exitCode()).isEqualTo(1);
    assertThat(listen.out()).isEmpty();
    assertThat(listen.err()).isEqualToIgnoringNewLines("only 0 of 1 arrived within 50ms");
    member.close();
  }

  @Test
  void succeedsWhenTheTimeIsOverWithoutACount() throws Exception {
    CommandRun listen = new CommandRun().start("listen", peer.address().toString(), "--for=50ms");
    Member member = peer.accept("msg_screen");

    assertThat(listen.exitCode()).isZero();
    assertThat(listen.err()).isEmpty();
    assertThat(member.atEnd()).as("it has left in order").isTrue();
    member.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--count=1", "--for=1h"})
  void failsWhenTheServerEndsEarlier(String option) throws Exception {
    CommandRun listen = new CommandRun().start("listen", peer.address().toString(), option);
    peer.accept("msg_screen").close();

    assertThat(listen.exitCode()).isEqualTo(1);
    assertThat(listen.err()).isEqualToIgnoringNewLines("connection is gone");
  }

  @Test
  void isNotHeldUpByATextThatTakesTooLongToMatch() throws Exception {
    CommandRun listen =
        new CommandRun()
            .start("listen", peer.address().toString(), "--match=(a+)+$", "--count=1", "--for=1h");
    try (Member member = peer.accept("msg_screen")) {
      member.relay("eve", "a".repeat(65_535) + "!");
      member.relay("eve", "a".repeat(65_535) + "?");
      member.relay("alice", "aaa");

      assertThat(listen.exitCode()).isZero();
    }
    assertThat(listen.out()).isEqualTo("alice:    aaa\n");
    assertThat(listen.err())
        .isEqualToIgnoringNewLines(
            "a message of 65536 characters takes --match too long; it and others like it are not"
                + " printed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--count=0|--count: expected 1 or more, but it is 0",
        "--match=(|--match is \"(\", expected a regular expression: Unclosed group",
        "--for=10|--for is \"10\", expected a time like 500ms, 10s, 2m or 1h, more than 0",
      })
  void refusesWhatItCannotWaitFor(String option, String sentence) throws Exception {
    CommandRun listen = new CommandRun().start("listen", "localhost:1", option);

    assertThat(listen.exitCode()).isEqualTo(2);
    assertThat(listen.err().lines())
        .containsExactly(sentence, "try 'chat-client listen --help' for the usage");
  }

  private static OutputStream failing(String reason) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(reason);
      }
    };
  }
}
