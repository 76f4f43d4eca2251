package io.chatroom.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chatroom.client.Peer;
import io.chatroom.client.Peer.Member;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("InputStreamSlowMultibyteRead") // fast enough to prove a point
class SendCommandTest {

  private static final InputStream UNTOUCHED =
      new InputStream() {
        @Override
        public int read() {
          throw new AssertionError("the input was read");
        }
      };

  private final Peer peer = new Peer();
  private final String address = peer.address().toString();

  @AfterEach
  void close() {
    peer.close();
  }

  @Test
  void sendsEachLineOfAPipeAndAsksNothing() throws Exception {
    CommandRun send = new CommandRun().start("send", address, "--name", "alice");
    send.type("one\n\n\r\nzwei €\r\n three, without an end").endInput();

    assertThat(receive("alice")).containsExactly("one", "zwei €", " three, without an end");
    assertThat(send.exitCode()).isZero();
    assertThat(send.out()).isEmpty();
    assertThat(send.err()).isEmpty();
  }

  @Test
  void usesTheLoginNameForAPipe() throws Exception {
    CommandRun send = new CommandRun().start("send", address).type("hi\n").endInput();

    assertThat(receive(System.getProperty("user.name"))).containsExactly("hi");
    assertThat(send.exitCode()).isZero();
  }

  @Test
  void takesNameAndServerFromTheEnvironment() throws Exception {
    CommandRun send =
        new CommandRun().with("CHAT_NAME", "bob").with("CHAT_SERVER", address).start("send");
    send.type("hi\n").endInput();

    assertThat(receive("bob")).containsExactly("hi");
    assertThat(send.exitCode()).isZero();
  }

  @Test
  void sendsTheTextsOfTheCommandLineAndReadsNothing() throws Exception {
    CommandRun send =
        new CommandRun()
            .atTerminal()
            .with("CHAT_NAME", "bob")
            .readingFrom(UNTOUCHED)
            .start(
                "send",
                "--message",
                "-x @y\nz",
                "--message=",
                address,
                "--message",
                "2",
                "--name",
                "");

    assertThat(receive("")).containsExactly("-x @y\nz", "2");
    assertThat(send.exitCode()).isZero();
    assertThat(send.out()).isEmpty();
  }

  /** The word after an option that takes a text is never an option. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-hello",
        "-V",
        "--tls",
        "--help",
        "--name=b is here",
        "--",
        "-",
        "send",
        "@x",
        "\"quoted\""
      })
  void sendsATextThatLooksLikeAnOption(String text) throws Exception {
    CommandRun send =
        new CommandRun()
            .start("send", "--name", text, "--message=" + text, "--message", text, "--", address);
    try (Member member = peer.accept(text)) {
      assertThat(member.read()).isEqualTo(text);
      assertThat(member.read()).isEqualTo(text);
      assertThat(member.atEnd()).isTrue();
    }

    assertThat(send.exitCode()).as(send.err()).isZero();
  }

  @Test
  void asksAtATerminal() throws Exception {
    CommandRun send = new CommandRun().atTerminal().start("send", address);
    send.awaitOut("username: ");
    send.type("al\u001bice\n");
    send.awaitOut("username: al\\x1bice:");
    try (Member alice = peer.accept("al\u001bice")) {
      send.type("hi\n");
      assertThat(alice.read()).isEqualTo("hi");
      send.awaitOut("username: al\\x1bice:al\\x1bice:");
      alice.relay("bob", "nobody reads this");
      send.endInput();
      assertThat(alice.atEnd()).isTrue();
    }

    assertThat(send.exitCode()).isZero();
    assertThat(send.out()).endsWith(System.lineSeparator()).doesNotContain("nobody reads this");
  }

  @Test
  void asksAgainForALineThatCannotBeSent() throws Exception {
    CommandRun send = new CommandRun().atTerminal().start("send", address, "--name", "alice");
    send.type((byte) 0xFF, (byte) '\n').type("x".repeat(65_537) + "\nhi\n").endInput();

    assertThat(receive("alice")).containsExactly("hi");
    assertThat(send.exitCode()).as("not all was said, as after expect or ssh -t").isEqualTo(1);
    assertThat(send.err().lines())
        .containsExactly(
            "line 1 is not UTF-8", "line 2 is too long: a message has at most 65536 bytes");
  }

  @Test
  void endsWhenNoNameIsTyped() throws Exception {
    CommandRun send = new CommandRun().atTerminal().start("send", address).endInput();

    assertThat(send.exitCode()).isEqualTo(1);
    assertThat(send.err()).isEqualToIgnoringNewLines("no name was given");
  }

  @Test
  void doesNotWaitForEnterWhenTheServerEnds() throws Exception {
    CommandRun send = new CommandRun().atTerminal().start("send", address, "--name", "alice");
    Member alice = peer.accept("alice");
    send.awaitOut("alice:");
    alice.close();

    assertThat(send.exitCode()).isEqualTo(1);
    assertThat(send.out()).isEqualTo("alice:" + System.lineSeparator());
    assertThat(send.err()).isEqualToIgnoringNewLines("connection is gone");
  }

  @Test
  void failsWhenTheServerResetsInsteadOfLeavingInOrder() throws Exception {
    CommandRun send = new CommandRun().start("send", address, "--name", "a", "--message", "hi");
    Member member = peer.accept("a");
    assertThat(member.read()).isEqualTo("hi");
    assertThat(member.atEnd()).isTrue();
    member.reset();

    assertThat(send.exitCode()).isEqualTo(1);
    assertThat(send.err().lines())
        .containsExactlyElementsOf(
            tellsWhatIsAcknowledged()
                ? List.of("connection is gone", "this was sent, but may not have arrived: hi")
                : List.of("connection is gone"));
  }

  private static boolean tellsWhatIsAcknowledged() {
    return Files.isReadable(Path.of("/proc/self/net/tcp"));
  }

  @Test
  void stopsAtALineThatIsNotUtf8AfterSendingWhatCameBefore() throws Exception {
    CommandRun send = new CommandRun().start("send", address, "--name", "alice");
    send.type("one\n").type((byte) 0xC3, (byte) '\n').type("three\n").endInput();

    assertThat(receive("alice")).containsExactly("one");
    assertThat(send.exitCode()).isEqualTo(1);
    assertThat(send.err()).isEqualToIgnoringNewLines("line 2 is not UTF-8");
  }

  @Test
  void refusesAMessageThatIsTooLong() throws Exception {
    CommandRun send =
        new CommandRun()
            .start("send", address, "--name=a", "--message", "x".repeat(65_537), "--message=y");

    assertThat(receive("a")).isEmpty();
    assertThat(send.exitCode()).isEqualTo(1);
    assertThat(send.err())
        .isEqualToIgnoringNewLines(
            "the message has 65537 bytes of UTF-8, and servers accept 65536");
  }

  @Test
  void sendsTheWholeInputAsOneMessage() throws Exception {
    CommandRun send = new CommandRun().start("send", address, "--name=a", "--whole");
    send.type("one\n\nzwei €\r\n  three\r\n").endInput();

    assertThat(receive("a")).containsExactly("one\n\nzwei €\r\n  three");
    assertThat(send.exitCode()).isZero();
    assertThat(send.out()).isEmpty();
  }

  @Test
  void asksOnlyForTheNameIfTheWholeInputIsOneMessage() throws Exception {
    CommandRun send = new CommandRun().atTerminal().start("send", address, "--whole");
    send.type("alice\none\ntwo\n").endInput();

    assertThat(receive("alice")).containsExactly("one\ntwo");
    assertThat(send.exitCode()).isZero();
    assertThat(send.out()).isEqualTo("username: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\r\n"})
  void sendsNothingForEmptyInput(String input) throws Exception {
    CommandRun send = new CommandRun().start("send", address, "--name=a", "--whole");
    send.type(input).endInput();

    assertThat(receive("a")).isEmpty();
    assertThat(send.exitCode()).isZero();
  }

  @Test
  void sendsNothingOfInputTooLongForOneMessage() throws Exception {
    CommandRun send = new CommandRun().start("send", address, "--name=a", "--whole");
    send.type("a line\n".repeat(10_000)); // and no end yet

    assertThat(receive("a")).isEmpty();
    assertThat(send.exitCode()).isEqualTo(1);
    assertThat(send.err())
        .isEqualToIgnoringNewLines("the input is too long: a message has at most 65536 bytes");
  }

  @Test
  void sendsEachLineWithTheOptionLines() throws Exception {
    CommandRun send = new CommandRun().start("send", address, "--name=a", "--lines");
    send.type("one\ntwo\n").endInput();

    assertThat(receive("a")).containsExactly("one", "two");
    assertThat(send.exitCode()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--lines --whole", "--message=x --whole", "--message=x --lines"})
  void refusesContradictoryOptions(String options) throws Exception {
    CommandRun send =
        new CommandRun().readingFrom(UNTOUCHED).start(("send " + options).split(" ", -1));

    assertThat(send.exitCode()).isEqualTo(2);
    assertThat(send.err())
        .startsWith("--message, --lines and --whole exclude each other, give one of them");
  }

  @Test
  void doesNotReadAheadOfTheServer() throws Exception {
    AtomicLong read = new AtomicLong();
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return read.incrementAndGet() % 1_000 == 0 ? '\n' : 'x';
          }
        };
    CommandRun send = new CommandRun().readingFrom(endless).start("send", address, "--name", "a");
    Member member = peer.accept("a");
    AtomicLong last = new AtomicLong();
    await()
        .pollInterval(Duration.ofMillis(250))
        .until(() -> last.getAndSet(read.get()) == read.get() && read.get() > 0);

    assertThat(read.get()).isLessThan(32L << 20); // a little more than loopback sockets buffer
    member.reset();
    assertThat(send.exitCode()).isEqualTo(1);
    assertThat(send.err()).startsWith("connection is gone" + System.lineSeparator());
  }

  @Test
  void reportsInOneSentenceWhyItCannotConnect() throws Exception {
    String nobody = Peer.nobody().toString();
    CommandRun send = new CommandRun().start("send", nobody, "--message", "hi");

    assertThat(send.exitCode()).isEqualTo(1);
    assertThat(send.err()).startsWith(nobody + " refused the connection").hasLineCount(1);
  }

  /** Plays the server until the client ends its side; returns the received messages. */
  private List<String> receive(String expectedName) throws Exception {
    List<String> messages = new ArrayList<>();
    try (Member member = peer.accept(expectedName)) {
      while (!member.atEnd()) {
        messages.add(member.read());
      }
    }
    return messages;
  }
}
