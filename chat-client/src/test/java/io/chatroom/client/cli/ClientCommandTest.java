package io.chatroom.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientCommandTest {

  private static final String FULL = "/dev/full";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lsten|\"lsten\" is not a command, did you mean listen? To chat on a host of that name add its port, as in lsten:3306|chat-client chat",
        "snd --name x|\"snd\" is not a command, did you mean send? To chat on a host of that name add its port, as in snd:3306|chat-client chat",
        "lsten localhost:4711|\"lsten\" is not a command, did you mean listen? To chat on a host of that name add its port, as in lsten:3306|chat-client chat",
        "lsten --jsno --count 1 localhost|\"lsten\" is not a command, did you mean listen? To chat on a host of that name add its port, as in lsten:3306|chat-client chat",
        "--name bob listen localhost:4711|the command listen comes first, before its options|chat-client chat",
        "--name bob listen|the command listen comes first, before its options|chat-client chat",
        "--nmae bob|\"--nmae\" is not an option, did you mean --name?|chat-client chat",
        "frob|chat needs a terminal; scripts use send and listen|chat-client chat",
        "frob nicate|\"nicate\" is one argument too many, or not a command|chat-client chat",
        "chat :x|\":x\" is not a server address, expected HOST or HOST:PORT|chat-client chat",
        "listen --jsno|\"--jsno\" is not an option, did you mean --json?|chat-client listen",
        "send --nmae=x|\"--nmae=x\" is not an option, did you mean --name?|chat-client send",
        "send --name|Missing required parameter for option '--name' (NAME)|chat-client send",
        "listen --count x|Invalid value for option '--count': expected a whole number up to 2147483647, but it is 'x'|chat-client listen",
        "bench --seconds x|Invalid value for option '--seconds': expected a number, but it is 'x'|chat-client bench",
        "send --protocol x|Invalid value for option '--protocol': expected auto or session or seed, but it is 'x'|chat-client send",
        "bench --sessions x|Invalid value for option '--sessions': expected tcp or ws, but it is 'x'|chat-client bench",
        "--bell x|Invalid value for option '--bell': expected off or mention or all, but it is 'x'|chat-client chat",
        "listen a b|\"b\" is one argument too many, or not a command|chat-client listen",
        "send localhost -- --hello|\"--hello\" is one argument too many|chat-client send",
        "listen -- a -b|\"-b\" is one argument too many|chat-client listen",
        "listen :x|\":x\" is not a server address, expected HOST or HOST:PORT|chat-client listen",
        "send \u001b[2J|\"\\x1b[2J\" is not a server address, expected HOST or HOST:PORT|chat-client send",
      })
  void answersAWrongCommandLineWithOneSentenceAndAHint(String line, String sentence, String command)
      throws Exception {
    CommandRun run = new CommandRun().start(line.split(" ", -1));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err().lines())
        .containsExactly(sentence, "try '" + command + " --help' for the usage");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void namesTheVariableThatIsWrong() throws Exception {
    CommandRun run = new CommandRun().with("CHAT_SERVER", "::1").start("listen");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("CHAT_SERVER: \"::1\" is not a server address, expected an IPv6");
  }

  @Test
  void chatsByDefault() throws Exception {
    CommandRun run = new CommandRun().start();

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("chat needs a terminal; scripts use send and listen");
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "listen --help", "send -h"})
  void helps(String line) throws Exception {
    CommandRun run = new CommandRun().start(line.split(" ", -1));

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("Usage: chat-client").contains("Exit codes:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"man", "completion", "--help", "--version", "send --help", "conformance --list"})
  @EnabledIf("hasFullDevice")
  void failsWhenItsOutputCannotBeWritten(String line) throws Exception {
    try (FileOutputStream full = new FileOutputStream(FULL)) {
      CommandRun run = new CommandRun().writingTo(full).start(line.split(" ", -1));

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err())
          .isEqualToIgnoringNewLines("cannot write the output: no space left on device");
    }
  }

  static boolean hasFullDevice() {
    return Files.exists(Path.of(FULL));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "listen -V"})
  void printsItsVersion(String line) throws Exception {
    CommandRun run = new CommandRun().start(line.split(" ", -1));

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("chat-client ").hasLineCount(1);
  }
}
