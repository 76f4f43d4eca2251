package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.ServerAddress;
import io.chatroom.protocol.Limits;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The settings, files and limits in client.md are those of the code. */
class SettingsGuideTest {

  private static String guide = "";

  @TempDir Path dir;

  @BeforeAll
  static void read() throws IOException {
    guide = Files.readString(Path.of("../docs/client.md"));
  }

  @Test
  void settingsHaveTheirNamesAndDefaults() throws IOException {
    List<List<String>> rows =
        rows("| in JSON |").stream().filter(row -> row.get(0).startsWith("`")).toList();
    assertThat(rows)
        .extracting(row -> row.get(0).replace("`", ""))
        .containsExactlyElementsOf(
            Arrays.stream(Settings.class.getRecordComponents())
                .map(RecordComponent::getName)
                .toList());

    for (List<String> row : rows) {
      String key = row.get(0).replace("`", "");
      String value = row.get(3).replace("`", "");
      if (key.equals("name")) {
        assertThat(Settings.DEFAULT.name()).as(value).isNull();
        assertThat(row.get(4)).contains(Limits.DEFAULT.maxNameBytes() + " bytes");
      } else if (key.equals("server")) {
        assertThat(Settings.DEFAULT.server()).isNull();
        assertThat(value).isEqualTo(ServerAddress.LOCAL.toString());
      } else {
        String json = value.matches("true|false") ? value : "\"" + value + "\"";
        Path file = Files.writeString(dir.resolve(key), "{\"" + key + "\": " + json + "}");
        assertThat(new SettingsFile(file).read()).as(key).isEqualTo(Settings.DEFAULT);
      }
    }
  }

  @Test
  void bellRingsAsItSays() throws IOException {
    for (Bell bell : Bell.values()) {
      String word = bell.name().toLowerCase(Locale.ROOT);
      assertThat(guide).contains("`" + word + "`");
      Path file = Files.writeString(dir.resolve(word), "{\"bell\": \"" + word + "\"}");
      assertThat(new SettingsFile(file).read().bell()).isEqualTo(bell);
    }
  }

  @Test
  void filesAreWhereItSays() throws IOException {
    Path home = Path.of("/home/alice");
    List<List<String>> rows = rows("| system |");
    assertThat(rows).extracting(row -> row.get(0)).containsExactly("Linux", "macOS", "Windows");

    assertPlaces(rows.get(0), Places.of("Linux", home, Map.of()), home);
    assertPlaces(rows.get(1), Places.of("Mac OS X", home, Map.of()), home);
    Path roaming = Path.of("/roaming");
    Path local = Path.of("/local");
    Places windows =
        Places.of(
            "Windows 11",
            home,
            Map.of("APPDATA", roaming.toString(), "LOCALAPPDATA", local.toString()));
    assertThat(rows.get(2).get(1))
        .isEqualTo(
            "`"
                + windows.settings().toString().replace("/roaming", "%APPDATA%").replace('/', '\\')
                + "`");
    assertThat(windows.history()).isEqualTo(local.resolve("chatroom").resolve("history"));
    assertThat(rows.get(2).get(2)).isEqualTo("in `%LOCALAPPDATA%\\chatroom`");
  }

  private static void assertPlaces(List<String> row, Places places, Path home) {
    String settings = places.settings().toString().replace(home.toString(), "~");
    assertThat(row.get(1)).startsWith("`" + settings + "`");
    String history =
        places.history().toString().replace(home.toString(), "~").replaceFirst("/history$", "");
    assertThat(row.get(2).equals("beside the settings") ? settings : row.get(2)).contains(history);
  }

  @Test
  void privacyPageNamesTheFiles() throws IOException {
    List<String> files =
        Files.readString(Path.of("../docs/privacy.md"))
            .lines()
            .dropWhile(line -> !line.equals("## What a client keeps"))
            .takeWhile(line -> !line.equals("## What a browser keeps"))
            .filter(line -> line.startsWith("| "))
            .flatMap(line -> Pattern.compile("`([a-z_.]+)`").matcher(line).results())
            .map(file -> file.group(1))
            .toList();
    assertThat(files).hasSizeGreaterThan(5);

    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      List<Path> java = sources.filter(file -> file.toString().endsWith(".java")).toList();
      for (String file : files) {
        assertThat(java).anySatisfy(f -> assertThat(f).content().contains("\"" + file + "\""));
      }
    }
  }

  @Test
  void limitsAreTheCodes() {
    assertThat(flat())
        .contains(
            "message of more than %,d bytes is refused".formatted(Limits.DEFAULT.maxMessageBytes()),
            "the last %,d messages".formatted(Transcript.MAX_MESSAGES),
            "newest %d lines, or %d Ki characters".formatted(Room.MAX_LINES, Room.MAX_CHARS / 1024),
            "Up to %,d messages or a million characters can wait".formatted(Outbox.MAX_MESSAGES),
            "random time of up to half a second, which doubles with each failure up to "
                + seconds(Backoff.LONGEST),
            "a connection that lasted " + seconds(Conversation.PROVEN) + " resets it",
            "everything of the last %d minutes".formatted(Doubt.UNKNOWN.toMinutes()));
    assertThat(Backoff.FIRST).isEqualTo(Duration.ofMillis(500));
    assertThat(Outbox.MAX_CHARS).isBetween(1_000_000, 1_100_000);
    assertThat(Doubt.UNREAD).isEqualTo(Duration.ofSeconds(10)); // "all of the last ten seconds"
  }

  private static String seconds(Duration time) {
    return time.toSeconds() + " seconds";
  }

  /** Without line breaks, which have no meaning. */
  private static String flat() {
    return guide.replaceAll("\\s+", " ");
  }

  /** The cells of a table, by how its head begins. */
  private static List<List<String>> rows(String head) {
    return guide
        .lines()
        .dropWhile(line -> !line.startsWith(head))
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> List.of(line.substring(1).split("\\|", -1)))
        .map(cells -> cells.stream().map(String::strip).toList())
        .toList();
  }
}
