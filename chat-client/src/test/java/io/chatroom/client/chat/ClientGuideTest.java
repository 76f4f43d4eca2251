package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What client.md says about lines that begin with a slash is what /help says. */
class ClientGuideTest {

  @Test
  void hasTheCommandsOfTheHelp() throws IOException {
    Stream<String> verbs =
        Arrays.stream(Verb.values())
            .map(
                verb ->
                    "| `"
                        + (verb.word() + " " + verb.argument()).strip().replace("|", "\\|")
                        + "` | "
                        + verb.purpose()
                        + " |");
    List<String> rows =
        Files.readAllLines(Path.of("../docs/client.md")).stream()
            .dropWhile(line -> !line.equals("| line | what it does |"))
            .skip(2)
            .takeWhile(line -> line.startsWith("|"))
            .toList();

    assertThat(rows)
        .isEqualTo(
            Stream.concat(verbs, Stream.of("| `//TEXT` | say a line that begins with one slash |"))
                .toList());
  }
}
