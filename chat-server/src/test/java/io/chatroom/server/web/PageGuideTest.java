package io.chatroom.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Compares the keys and commands in page.md with the help of the page. */
class PageGuideTest {

  private static final Path PAGE = Path.of("src/main/page/js");
  private static final Pattern KEY = Pattern.compile("(?m)^ {2}\\['([^']*)', '([^']*)'],$");
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
