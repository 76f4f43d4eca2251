package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What client.md says about lines that begin with a slash, and shows, is what chat does. */
class ClientGuideTest {

  private static final Path GUIDE = Path.of("../docs/client.md");

  /** What its windows show is what the client says. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "; /help shows the commands",
        " has set the topic: ",
        "unread: ",
        "no connection, trying again in ",
        " refused the connection",
        "connected again",
        "while you were away",
        "(taken back)",
        "the server keeps no more",
        " are missing",
        "connection is gone"
      })
  void quotesWhatTheClientSays(String words) throws IOException {
    assertThat(Files.readString(GUIDE)).contains(words);
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      assertThat(sources.filter(file -> file.toString().endsWith(".java")))
          .anySatisfy(file -> assertThat(file).content().contains(words));
    }
  }

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
        Files.readAllLines(GUIDE).stream()
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
