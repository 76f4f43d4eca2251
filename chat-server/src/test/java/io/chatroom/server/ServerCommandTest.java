package io.chatroom.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ServerCommandTest {

  @Test
  void theGuideHasTheExitCodesOfTheHelp() throws IOException {
    String expected =
        ServerCommand.EXIT_CODES.entrySet().stream()
            .map(code -> code.getKey() + " " + code.getValue())
            .collect(Collectors.joining("; ", "Exit codes: ", "."));

    String guide = Files.readString(Path.of("..", "docs", "server.md")).replaceAll("\\s+", " ");

    assertThat(guide).contains(expected);
  }
}
