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

/** The commands and the example windows of client.md match chat. */
class ClientGuideTest {

  private static final Path GUIDE = Path.of("../docs/client.md");

  /** The sentences of its windows are those of the client. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "; /help shows the commands",
        " set the topic: ",
        "unread: ",
        "not connected, retrying in ",
        " refused the connection",
        "connected again",
        "while you were away",
        "(deleted)",
        "the server no longer keeps them",
        " are missing",
        "connection is gone"
      })
  void quotesTheSentencesOfTheClient(String words) throws IOException {
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
            Stream.concat(verbs, Stream.of("| `//TEXT` | post a line that begins with one slash |"))
                .toList());
  }
}
