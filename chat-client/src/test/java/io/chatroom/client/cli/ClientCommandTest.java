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
        "lsten|Unmatched argument at index 0: 'lsten'|chat-client",
        "send --nmae x|Unknown option: '--nmae'|chat-client send",
        "send --name|Missing required parameter for option '--name' (NAME)|chat-client send",
        "listen a b|Unmatched argument at index 2: 'b'|chat-client listen",
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
