package io.chatroom.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares the keys, commands and buttons in page.md with the page. */
class PageGuideTest {

  private static final Path PAGE = Path.of("src/main/page/js");
  private static final Pattern KEY = Pattern.compile("(?m)^ {2}\\['([^']*)', '([^']*)'],$");
  private static final Pattern BUTTON = Pattern.compile("(?<!\\*)\\*([A-Z][^*]*)\\*(?!\\*)");
  private static final Pattern COMMAND =
      Pattern.compile("\\{ word: '([^']*)', argument: '([^']*)', purpose: '([^']*)'");

  @Test
  void hasTheKeysOfTheHelp() throws IOException {
    List<String> keys =
        KEY.matcher(Files.readString(PAGE.resolve("view/help.js")))
            .results()
            .map(key -> "| " + key.group(1) + " | " + key.group(2) + " |")
            .toList();

    assertThat(keys).isNotEmpty();
    assertThat(rows("## Keys")).isEqualTo(keys);
  }

  @Test
  void hasTheCommandsOfTheHelp() throws IOException {
    List<String> commands =
        COMMAND
            .matcher(Files.readString(PAGE.resolve("model/commands.js")))
            .results()
            .map(
                command ->
                    "| `"
                        + ("/" + command.group(1) + " " + command.group(2))
                            .strip()
                            .replace("|", "\\|")
                        + "` | "
                        + command.group(3)
                        + " |")
            .toList();

    assertThat(commands).hasSizeGreaterThan(20);
    assertThat(rows("## Commands")).isEqualTo(commands);
  }

  /** What page.md sets in italics stands on a button or beside a box of the page. */
  @Test
  void namesTheButtonsOfThePage() throws IOException {
    String text = Files.readString(Path.of("../docs/page.md")).replaceAll("\\s+", " ");
    Set<String> names =
        BUTTON.matcher(text).results().map(name -> name.group(1)).collect(Collectors.toSet());
    names.removeAll(Set.of("Install", "Add to Home Screen")); // of browsers

    assertThat(names).hasSizeGreaterThan(7);
    try (Stream<Path> files = Files.walk(Path.of("src/main/page"))) {
      StringBuilder sources = new StringBuilder();
      for (Path file : files.filter(path -> path.toString().matches(".*\\.(html|js)")).toList()) {
        sources.append(Files.readString(file));
      }
      assertThat(sources.toString().replaceAll("\\s+", " ")).contains(names);
    }
  }

  /** The rows of the first table below a heading, without the table's head. */
  private static List<String> rows(String heading) throws IOException {
    return Files.readAllLines(Path.of("../docs/page.md")).stream()
        .dropWhile(line -> !line.equals(heading))
        .dropWhile(line -> !line.startsWith("|---"))
        .skip(1)
        .takeWhile(line -> line.startsWith("|"))
        .toList();
  }
}
