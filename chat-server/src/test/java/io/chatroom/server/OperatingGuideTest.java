package io.chatroom.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The log lines and messages that operating.md tells operators to look for are those of the code.
 */
class OperatingGuideTest {

  /** Words of PostgreSQL and of the kernel. */
  private static final Set<String> FOREIGN =
      Set.of(
          "too many connections",
          "sorry, too many clients already",
          "could not extend file",
          "No space left on device",
          "canceling wait for synchronous replication");

  /** In the first cell of a row: words with a space between them. */
  private static final Pattern QUOTED = Pattern.compile("`([^`]+ [^`]+)`");

  /** How a literal goes on in the next line, or with a value. */
  private static final Pattern JOINT =
      Pattern.compile("\"\\s*\\+\\s*(?:[\\w.()]+\\s*\\+\\s*)?\"|\\{}|%[sd]");

  @Test
  void quotesWhatTheServerLogs() throws IOException {
    String sources;
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      List<String> texts = new ArrayList<>();
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        texts.add(JOINT.matcher(Files.readString(file)).replaceAll(""));
      }
      sources = String.join("\n", texts);
    }

    List<String> quoted =
        guide()
            .lines()
            .dropWhile(line -> !line.startsWith("### When the disk is full"))
            .filter(line -> line.startsWith("| "))
            .map(line -> line.split("\\|", -1)[1])
            .flatMap(cell -> QUOTED.matcher(cell).results())
            .map(found -> found.group(1))
            .filter(words -> !FOREIGN.contains(words))
            .filter(words -> words.matches("[A-Za-z][A-Za-z', NAME]+[:…. ]*"))
            .map(words -> words.replaceFirst("[:…. ]+$", "").replace("NAME", ""))
            .collect(Collectors.toList());

    assertThat(quoted)
        .hasSizeGreaterThan(10)
        .allSatisfy(words -> assertThat(sources).contains(words));
  }

  private static String guide() throws IOException {
    return Files.readString(Path.of("../docs/operating.md"));
  }
}
