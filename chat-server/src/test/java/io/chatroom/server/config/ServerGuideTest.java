package io.chatroom.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of options in server.md is what the options say about themselves. */
class ServerGuideTest {

  @Test
  void listsEveryOptionAsItIs() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("..", "docs", "server.md")).stream()
            .filter(line -> line.contains(" | `CHAT_"))
            .toList();

    assertThat(rows)
        .containsExactlyElementsOf(
            ConfigOption.ALL.stream()
                .map(
                    option ->
                        String.format(
                            "| `%s` | `%s` | `%s` | `%s` | %s |",
                            option.name(),
                            option.flag(),
                            option.variable(),
                            option.option().defaultsTo(),
                            option.option().help()))
                .toList());
  }
}
