package io.chatroom.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientCommandTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lsten|\"lsten\" is one argument too many, or not a command, did you mean listen?|chat-client",
        "frob|\"frob\" is one argument too many, or not a command|chat-client",
        "listen --jsno|\"--jsno\" is not an option, did you mean --json?|chat-client listen",
        "send --nmae x|\"--nmae\" is not an option|chat-client send",
        "send --name|Missing required parameter for option '--name' (NAME)|chat-client send",
        "listen a b|\"b\" is one argument too many, or not a command|chat-client listen",
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
  void saysWhichVariableIsWrong() throws Exception {
    CommandRun run = new CommandRun().with("CHAT_SERVER", "::1").start("listen");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("CHAT_SERVER: \"::1\" is not a server address, expected an IPv6");
  }

  @Test
  void showsItsUsageWhenNoCommandIsGiven() throws Exception {
    CommandRun run = new CommandRun().start();

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("Usage: chat-client").contains("listen", "send");
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
  @ValueSource(strings = {"--version", "listen -V"})
  void tellsItsVersion(String line) throws Exception {
    CommandRun run = new CommandRun().start(line.split(" ", -1));

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("chat-client ").hasLineCount(1);
  }
}
