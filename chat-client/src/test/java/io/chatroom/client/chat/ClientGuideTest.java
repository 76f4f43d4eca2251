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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands, the example windows and the figures of client.md match chat. */
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

  /** Figures that no option sets. Change both at once. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HEAD_START_MILLIS = 250 | begins after 250 ms",
        "MAX_MESSAGES = 10_000 | the last 10,000 messages",
        "MAX_MESSAGES = 1_000 | Up to 1,000 messages or a million characters",
        "MAX_LINES = 500 | The newest 500 lines",
        "MAX_CHARS = 128 * 1024 | or 128 Ki characters",
        "FIRST = Duration.ofMillis(500) | a random time of up to half a second",
        "LONGEST = Duration.ofSeconds(30) | with each failure up to 30 seconds",
        "PROVEN = Duration.ofSeconds(10) | a connection that lasted 10 seconds",
        "UNREAD = Duration.ofSeconds(10) | each message of the last ten seconds",
        "UNKNOWN = Duration.ofMinutes(15) | everything of the last 15 minutes",
        "SHOWN_CHARS = 200 | up to 200 characters of it",
        "PATIENCE = Duration.ofMinutes(5) | after five minutes without a key",
        "MAX_MARKS = 6 | combining marks are cut after six",
        "MAX_READS = 10_000_000 | after ten million character reads",
        "LONGEST_TYPED_BYTES = 4095 | after 4,095 bytes",
        "PATIENCE = Duration.ofSeconds(60) | when the server is silent for 60 s",
        "MESSAGES_AT_ONCE = 300 | more than 300 messages",
        "BRIEF = Duration.ofSeconds(2) | is silent for two seconds",
        "PATIENT = Duration.ofSeconds(10) | wait ten seconds",
        "REMEMBERED = Duration.ofDays(3) | remembers it for three days"
      })
  void figuresAreThoseOfTheClient(String declaration, String words) throws IOException {
    assertThat(Files.readString(GUIDE).replaceAll("\\s+", " ")).contains(words);
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      assertThat(sources.filter(file -> file.toString().endsWith(".java")))
          .anySatisfy(file -> assertThat(file).content().contains(" " + declaration + ";"));
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
